import type { Mail } from '@koyalite/contracts'
import type { Log, Route, SecretBox, Settings } from '@koyalite/kernel'
import type { Database, Tx } from '@koyalite/sqlite'
import { createLogTransport } from './mail/log-transport'
import { createMailDelivery } from './mail/mail-delivery'
import { renderMail } from './mail/mail-templates'
import type { MailTransport } from './mail/mail-transport'
import { createResendTransport } from './mail/resend-transport'
import { sealBody } from './mail/sealed-body'
import { createSmtpTransport } from './mail/smtp-transport'
import { mailRoutes } from './routes/mail-routes'
import { mailboxRoutes } from './routes/mailbox-page'
import { deleteMail, insertMail } from './store/outbox'

export interface MailOptions {
  readonly database: Database
  readonly settings: Pick<Settings, 'name' | 'email'>
  /** `dev`: texts show in the log and in the mailbox, and stay after a mail was sent. */
  readonly mode: 'dev' | 'start'
  readonly log: Log
  /** Seals what waits in the database. */
  readonly secrets: SecretBox
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

export interface MailService {
  /** The admin API, and in `dev` the mailbox at /_/mail. */
  readonly routes: readonly Route[]
  /** To be sent if, and only if, the write is committed; then at least once. */
  queue(tx: Tx, mail: Mail): void
  /** The work of queueing, for nothing: it takes as long. */
  discard(tx: Tx, mail: Mail): void
  /** Looks at the queue now, as the commit of every mail does by itself. Resolves when nothing is due any more. */
  wake(): Promise<void>
  /** Waits for the mail that is being sent. */
  close(): Promise<void>
}

/** Mails: an outbox in the database, and what carries them from there. */
export function createMail(options: MailOptions): MailService {
  const { database, settings, mode, log, secrets, now = Date.now } = options
  const isDev = mode === 'dev'
  const delivery = createMailDelivery({
    database,
    secrets,
    log,
    now,
    transport: transportFor(settings.email, log, isDev),
    from: settings.email.from ?? `${settings.name.replace(/[^\w -]/g, '')} <no-reply@localhost>`,
    keepBodies: isDev,
  })
  function insert(tx: Tx, mail: Mail): string {
    const { subject, ...body } = renderMail(mail, settings.name)
    const id = Bun.randomUUIDv7()
    const { template, to } = mail
    insertMail(tx, { id, template, to, subject, ...sealBody(secrets, id, body), createdAt: now() })
    return id
  }
  function wakeAfter(tx: Tx): void {
    tx.afterCommit(() => void delivery.wake())
  }
  return {
    routes: [...mailRoutes({ database }), ...(isDev ? mailboxRoutes({ database, secrets }) : [])],
    queue(tx, mail) {
      insert(tx, mail)
      wakeAfter(tx)
    },
    discard(tx, mail) {
      deleteMail(tx, insert(tx, mail))
      wakeAfter(tx)
    },
    wake: () => delivery.wake(),
    close: () => delivery.close(),
  }
}

function transportFor(email: Settings['email'], log: Log, isDev: boolean): MailTransport {
  // The settings were checked: what a transport needs is there.
  switch (email.transport) {
    case 'log':
      return createLogTransport(log, { showText: isDev })
    case 'smtp':
      return createSmtpTransport(email.url ?? '')
    case 'resend':
      return createResendTransport(email.api_key ?? '')
  }
}
