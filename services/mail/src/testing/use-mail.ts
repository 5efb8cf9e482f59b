import { afterEach, beforeEach } from 'bun:test'
import { type Actor, type AuditEvent, type SentMail, SYSTEM, type WrittenMail } from '@koyalite/contracts'
import {
  createHttpApp,
  createHttpMetrics,
  createMetrics,
  createTasks,
  NO_LOG,
  openSecretBox,
  type Rate,
  type SecretBox,
} from '@koyalite/kernel'
import { type Database, openDatabase } from '@koyalite/sqlite'
import { createMail, type MailAdapters, type MailService } from '../create-mail'
import { MAIL_SETTINGS } from '../mail-settings'
import { MAIL_TABLES } from '../store/outbox'
import { type SmtpSink, startSmtpSink } from './smtp-sink'

export const NO_ADAPTERS: MailAdapters = {
  resend: () => Promise.reject(new Error('nobody asked for it')),
  resendReports: () => Promise.reject(new Error('nobody asked for it')),
}
export const MAIL_DEFAULTS = MAIL_SETTINGS.email.parse({})

export type Draft = Partial<Omit<WrittenMail, 'id'>>

export interface MailBench {
  readonly database: Database
  readonly sink: SmtpSink
  readonly mail: MailService
  readonly audited: readonly AuditEvent[]
  /** Milliseconds since 1970; tests move it. */
  now: number
  rate: Rate | null
  adapters: MailAdapters
  /** Of reports, from the next mail on. */
  secret: string | null
  transport: 'smtp' | 'resend'
  /** For all mails. */
  transportRate: Rate | null
  /** Where people reach the server. */
  url: string | null
  unsubscribe: boolean
  /** Another key seals from now on. */
  rotateKeys(): Promise<void>
  /** Sends a mail of the function welcome, to ann@example.com unless it says otherwise. */
  send(draft?: Draft): Promise<SentMail>
  /** As the admin API has it. */
  shown(id: string): Promise<Record<string, unknown>>
  fetch(method: string, path: string, options?: FetchOptions): Promise<Response>
  /** Moves to when the next mail is due, and sends what is. */
  later(): Promise<void>
  /** As after a stop that nobody prepared. */
  reopen(): void
}

interface FetchOptions {
  readonly body?: object
  readonly actor?: Actor
  readonly headers?: Readonly<Record<string, string>>
}

/** A mail service for each test, with a server that takes its mails. */
export function useMail(): MailBench {
  let parts: { database: Database; sink: SmtpSink; secrets: SecretBox; mail: MailService }
  let audited: AuditEvent[]
  beforeEach(async () => {
    const database = await openDatabase({ path: ':memory:' })
    await database.migrate((tx) => {
      for (const text of MAIL_TABLES.steps.flat()) tx.exec(text)
    })
    const [secrets, sink] = await Promise.all([openSecretBox({ dir: null }), startSmtpSink()])
    audited = []
    bench.now = Date.parse('2026-01-01T00:00:00Z')
    bench.rate = null
    bench.adapters = NO_ADAPTERS
    bench.secret = null
    bench.transport = 'smtp'
    bench.transportRate = null
    bench.url = 'https://api.example.com'
    bench.unsubscribe = true
    parts = { database, sink, secrets, mail: open({ database, sink, secrets }) }
  })
  afterEach(async () => {
    await parts.mail.close()
    await parts.sink.close()
    await parts.database.close()
  })

  function open({ database, sink, secrets }: Omit<typeof parts, 'mail'>): MailService {
    return createMail({
      database,
      metrics: createMetrics(),
      tasks: createTasks({ log: NO_LOG, metrics: createMetrics() }),
      settings: settingsOf(sink),
      mode: 'start',
      log: NO_LOG,
      audit: { record: (_tx, event) => void audited.push(event), keep: async () => {} },
      mailAdapters: {
        resend: (key) => bench.adapters.resend(key),
        resendReports: (secret) => bench.adapters.resendReports(secret),
      },
      secrets,
      now: () => bench.now,
    })
  }
  function settingsOf({ url }: SmtpSink) {
    const { rate, secret } = bench
    return {
      name: 'Blog',
      server: { url: bench.url },
      email: {
        ...MAIL_DEFAULTS,
        from: 'Blog <hello@example.com>',
        transport: bench.transport,
        api_key: 're_key',
        url,
        rate,
        webhook_secret: secret,
        unsubscribe: bench.unsubscribe,
        transport_rate: bench.transportRate,
      },
    } as const
  }

  const bench: MailBench = {
    now: 0,
    rate: null,
    adapters: NO_ADAPTERS,
    secret: null,
    transport: 'smtp',
    transportRate: null,
    url: null,
    unsubscribe: true,
    rotateKeys: () => parts.secrets.rotate(),
    get database() {
      return parts.database
    },
    get sink() {
      return parts.sink
    },
    get mail() {
      return parts.mail
    },
    get audited() {
      return audited
    },
    async send(draft = {}) {
      parts.mail.use(settingsOf(parts.sink))
      const { value } = await parts.database.write((tx) => parts.mail.send(tx, written(draft)))
      await parts.mail.wake()
      return value
    },
    async shown(id) {
      return (await (await bench.fetch('GET', `/api/admin/mail/${id}`)).json()) as Record<string, unknown>
    },
    async fetch(method, path, { body, actor = SYSTEM, headers = {} } = {}) {
      const settings = {
        ...{ host: '127.0.0.1', url: null, cors: { origins: ['*'], credentials: false }, headers: {} },
        ...{ max_body: 1000, trust_proxy: false },
      }
      const app = createHttpApp({
        ...{ routes: parts.mail.routes, settings, log: NO_LOG, metrics: createHttpMetrics() },
        ...{ authenticate: () => actor, checkHost: false },
      })
      const init = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }
      return app.fetch(new Request(`http://localhost${path}`, { method, ...init }), { ip: '127.0.0.1' })
    },
    async later() {
      const { mails } = (await (await bench.fetch('GET', '/api/admin/mail?state=queued')).json()) as {
        mails: { next_attempt_at: string }[]
      }
      bench.now = Math.min(...mails.map((one) => Date.parse(one.next_attempt_at)))
      await parts.mail.wake()
    },
    reopen() {
      parts.mail = open(parts)
    },
  }
  return bench
}

export function written(draft: Draft): WrittenMail {
  return {
    ...{ id: Bun.randomUUIDv7(), function: 'welcome', to: ['ann@example.com'], cc: [], bcc: [], replyTo: null },
    ...{
      template: null,
      subject: 'Welcome',
      html: null,
      text: 'Hello',
      headers: {},
      attachments: [],
      key: null,
      chain: null,
      delivery: 'at_least_once',
    },
    ...draft,
  }
}
