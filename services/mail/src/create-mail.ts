import {
  type AuditTrail,
  isLocaleTag,
  type MailHealth,
  type MailNews,
  type MailReports,
  type MailTemplates,
  type MailTransport,
  type OwnMail,
  type SentMail,
  type Tx,
  type WrittenMail,
} from '@koyalite/contracts'
import { type Log, type Metrics, type Route, type SecretBox, type Tasks, whenDue } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { mailRoutes } from './http/mail-routes'
import { mailboxRoutes } from './http/mailbox-page'
import { reportRoutes } from './http/report-routes'
import { suppressionRoutes } from './http/suppression-routes'
import { templateLinks, templatePages } from './http/template-pages'
import { templateRoutes } from './http/template-routes'
import { testMailRoute } from './http/test-mail-route'
import type { MailSettings } from './mail-settings'
import { countMails } from './outcomes/mail-counts'
import { ownProps } from './sign-in/own-props'
import { renderOwnMail } from './sign-in/render-own-mail'
import { deleteMail, insertMail, nextDue, selectFailing } from './store/outbox'
import { nextUnrendered } from './store/unrendered-mails'
import { renderDueMails } from './templates/render-due-mails'
import { sendTestMail } from './test-mail'
import { lazyTransport } from './transport/lazy-transport'
import { createLogTransport } from './transport/log-transport'
import { deliverMails, type Outgoing } from './transport/mail-delivery'
import { sealBody, sealProps } from './transport/sealed-body'
import { createSmtpTransport } from './transport/smtp-transport'
import { unsubscribeRoutes } from './unsubscribe/unsubscribe-routes'
import { queueWritten } from './written/queue-mail'

/** Transports that are not of this service, each loaded where the settings ask for it. */
export interface MailAdapters {
  resend(apiKey: string): Promise<MailTransport>
  /** What Resend sends of its own accord. @param secret `whsec_…` */
  resendReports(secret: string): Promise<MailReports>
}

export interface MailOptions {
  readonly database: Database
  readonly settings: MailSettings
  readonly tasks: Pick<Tasks, 'add'>
  readonly metrics: Pick<Metrics, 'register'>
  /** `dev`: texts show in the log and in the mailbox, and stay after a mail was sent. */
  readonly mode: 'dev' | 'start'
  readonly log: Log
  readonly audit: AuditTrail
  readonly mailAdapters: MailAdapters
  /** Seals what waits in the database. */
  readonly secrets: SecretBox
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

const DAY = 86_400_000
/** It knows an email again by its key for 24 hours; the last hour is for clocks and for what is on its way. */
const RESEND_REMEMBERS = 23 * 3_600_000

/** It lives as long as the database is open, over every reload. */
export interface MailService {
  /** The admin API, and in `dev` the mailbox at /_/mail. */
  readonly routes: readonly Route[]
  /** To be sent if, and only if, the write is committed; then at least once. */
  queue(tx: Tx, mail: OwnMail): void
  /** The same for a mail of code of the project. Where there is one with its key, nothing is sent. */
  send(tx: Tx, mail: WrittenMail): SentMail
  /** The work of queueing, for nothing: it takes as long. */
  discard(tx: Tx, mail: OwnMail): void
  /** Called in the transaction that stores what has become of a mail. */
  onNews(listener: (tx: Tx, news: MailNews) => void): void
  /** The project's own templates, once they are known. */
  useTemplates(templates: MailTemplates): void
  /** Looks at the queue now, as the commit of every mail does by itself. Resolves when nothing more is due. */
  wake(): Promise<void>
  health(): MailHealth
  /** From now on the settings are these. */
  use(settings: MailSettings): void
  /** Sends nothing more; waits for the mail that is being sent. */
  close(): Promise<void>
}

/** Mails: an outbox in the database, and what carries them from there. */
export function createMail(options: MailOptions): MailService {
  const { database, mode, log, secrets, now = Date.now } = options
  const isDev = mode === 'dev'
  let { settings } = options
  let outgoing = outgoingOf(settings, options)
  let sending: Promise<void> = Promise.resolve()
  let rendering: Promise<void> = Promise.resolve()
  let templates: MailTemplates | null = null
  let reports = reportsOf(settings, options)
  const listeners: ((tx: Tx, news: MailNews) => void)[] = []
  const counts = countMails()
  const unregister = options.metrics.register(counts.metric)
  const onNews = (tx: Tx, news: MailNews) => {
    counts.add(tx, news.state)
    for (const listener of listeners) listener(tx, news)
  }
  /** By template: why it could not be rendered when that was last tried. */
  const failing = new Map<string, string>()
  const closing = new AbortController()
  const task = options.tasks.add({
    name: 'mail.deliver',
    summary: 'Sends due emails and removes old ones',
    schedule: whenDue(() => {
      const due = nextDue(database)
      return due === null ? null : Math.max(due, outgoing.pausedUntil)
    }),
    async run(stopping) {
      const signal = AbortSignal.any([stopping, closing.signal])
      sending = deliverMails({
        ...{ database, secrets, log, now, keepBodies: isDev, counts, onNews, signal },
        outgoing: () => outgoing,
      })
      await sending
      return undefined
    },
  })
  const renderTask = options.tasks.add({
    name: 'mail.render',
    summary: 'Renders due emails of templates',
    schedule: whenDue(() => (templates === null ? null : nextUnrendered(database))),
    async run(stopping) {
      if (templates === null) return undefined
      const signal = AbortSignal.any([stopping, closing.signal])
      rendering = renderDueMails({
        ...{ database, secrets, templates, log, now, onNews, signal },
        onReady: () => void task.run(),
        onFailed(template, error) {
          if (error === null) failing.delete(template)
          else failing.set(template, error)
        },
      })
      await rendering
      return undefined
    },
  })
  function insert(tx: Tx, mail: OwnMail): string {
    const { locale: otherwise } = settings.email
    const { template, to, locale = otherwise } = mail
    const { subject, ...body } = renderOwnMail(mail, { app: settings.name, otherwise })
    const id = Bun.randomUUIDv7()
    // The texts of ours are there, should the project's template fail.
    const hasTemplate = templates?.list().some((found) => found.name === template) === true
    const name = typeof template === 'string' ? template : template.name
    insertMail(tx, {
      ...{ id, template: name, to, subject, ...sealBody(secrets, id, body), createdAt: now() },
      props: hasTemplate ? sealProps(secrets, id, ownProps(mail, settings.name)) : null,
      locale: isLocaleTag(locale) ? locale : otherwise,
    })
    return id
  }
  const wake = async () => {
    await renderTask.run()
    await task.run()
  }
  function wakeAfter(tx: Tx): void {
    tx.afterCommit(() => {
      void renderTask.run()
      void task.run()
    })
  }
  const shown = { settings: () => settings, templates: () => templates }
  const context = { database, audit: options.audit, now, wake }
  return {
    routes: [
      ...suppressionRoutes(context),
      ...templateRoutes(shown),
      ...mailRoutes(context),
      ...unsubscribeRoutes({ database, secrets, now, project: () => settings.name }),
      ...reportRoutes({ database, now, onNews, keepBody: isDev, reports: () => reports() }),
      testMailRoute({ settings: () => settings, send: (to, tried) => sendTestMail(to, tried, options) }),
      ...(isDev ? templatePages(shown) : []),
      ...(isDev
        ? mailboxRoutes({ project: () => settings.name, database, secrets, links: () => templateLinks(templates) })
        : []),
    ],
    queue(tx, mail) {
      insert(tx, mail)
      wakeAfter(tx)
    },
    send(tx, mail) {
      const { rate, locale } = settings.email
      const known = templates?.list() ?? []
      const unsubscribe = { url: settings.server.url, isOn: settings.email.unsubscribe }
      const sent = queueWritten(tx, mail, { unsubscribe, secrets, rate, locale, templates: known, now: now() })
      if (sent.created) wakeAfter(tx)
      return sent
    },
    discard(tx, mail) {
      deleteMail(tx, insert(tx, mail))
      wakeAfter(tx)
    },
    onNews: (listener) => void listeners.push(listener),
    useTemplates(given) {
      templates = given
      void renderTask.run()
    },
    wake,
    health() {
      const { count, error } = selectFailing(database, now() - DAY)
      const { transport, from } = settings.email
      const failingTemplates = [...failing].map(([name, why]) => ({ name, error: why }))
      return { transport, from, failing: count, lastError: error, failingTemplates }
    },
    use(next) {
      const [before, old] = [settings, outgoing]
      settings = next
      if (Bun.deepEquals([before.name, before.email], [next.name, next.email])) return
      outgoing = outgoingOf(next, options)
      reports = reportsOf(next, options)
      // The mail that is being sent is sent by the old one.
      void sending.catch(() => {}).then(() => old.transport.close())
    },
    async close() {
      closing.abort()
      unregister()
      await Promise.allSettled([sending, rendering])
      await outgoing.transport.close()
    },
  }
}

type TransportOptions = Pick<MailOptions, 'log' | 'mode' | 'mailAdapters'>

function outgoingOf({ name, email }: MailSettings, options: TransportOptions): Outgoing {
  const from = email.from ?? `${name.replace(/[^\w -]/g, '')} <no-reply@localhost>`
  const { transport_rate: rate } = email
  return {
    ...{ from, transport: transportFor(email, options), pausedUntil: 0 },
    retryFor: email.transport === 'resend' ? RESEND_REMEMBERS : null,
    interval: rate === null ? 0 : rate.per / rate.count,
  }
}

/** Loaded with the first report; null without a secret. */
function reportsOf({ email }: MailSettings, { mailAdapters }: TransportOptions): () => Promise<MailReports> | null {
  const { webhook_secret: secret } = email
  let loading: Promise<MailReports> | null = null
  return () => {
    if (secret !== null) loading ??= mailAdapters.resendReports(secret)
    return loading
  }
}

function transportFor(email: MailSettings['email'], { log, mode, mailAdapters }: TransportOptions): MailTransport {
  // The settings were checked: what a transport needs is there.
  switch (email.transport) {
    case 'log':
      return createLogTransport(log, { showText: mode === 'dev' })
    case 'smtp':
      return lazyTransport(() => createSmtpTransport(email.url ?? ''))
    case 'resend':
      return lazyTransport(() => mailAdapters.resend(email.api_key ?? ''))
  }
}
