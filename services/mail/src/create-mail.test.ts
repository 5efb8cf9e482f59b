import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { type Actor, ANONYMOUS, type AuditEvent, type OutgoingMail, type OwnMail, SYSTEM } from '@koyalite/contracts'
import {
  createHttpApp,
  createHttpMetrics,
  createMetrics,
  createTasks,
  type Log,
  NO_LOG,
  openSecretBox,
  type SecretBox,
} from '@koyalite/kernel'
import { type Database, openDatabase } from '@koyalite/sqlite'
import { createMail, type MailOptions, type MailService } from './create-mail'
import { claimMail, MAIL_TABLES, markFailed } from './store/outbox'
import { type SmtpSink, startSmtpSink } from './testing/smtp-sink'
import { MAIL_DEFAULTS, NO_ADAPTERS } from './testing/use-mail'
import { LEASE } from './transport/mail-delivery'

const LINK = 'http://127.0.0.1:8090/_/auth/verify-email#token=abc'
const MAIL: OwnMail = { template: 'verify_email', to: 'ann@example.com', link: LINK, validFor: 24 * 3_600_000 }
const clock = { now: Date.parse('2026-01-01T00:00:00Z') }

let audited: AuditEvent[]
let database: Database
let secrets: SecretBox
let sink: SmtpSink
let mail: MailService

beforeEach(async () => {
  audited = []
  database = await openDatabase({ path: ':memory:' })
  await database.migrate((tx) => {
    for (const text of MAIL_TABLES.steps.flat()) tx.exec(text)
  })
  secrets = await openSecretBox({ dir: null })
  sink = await startSmtpSink()
})
afterEach(async () => {
  await mail.close()
  await sink.close()
  await database.close()
})

function open(
  options: Partial<Omit<MailOptions, 'settings'>> & { transport?: Transport; url?: string } = {},
): MailService {
  const { transport = 'smtp', url = sink.url, ...rest } = options
  mail = createMail({
    database,
    metrics: createMetrics(),
    tasks: createTasks({ log: NO_LOG, metrics: createMetrics() }),
    settings: settingsWith(transport, url),
    mode: 'start',
    log: NO_LOG,
    audit: { record: (_tx, event) => void audited.push(event), keep: async () => {} },
    mailAdapters: NO_ADAPTERS,
    secrets,
    now: () => clock.now,
    ...rest,
  })
  return mail
}

type Transport = 'log' | 'smtp' | 'resend'

function settingsWith(transport: Transport, url: string) {
  return {
    name: 'Blog',
    server: { url: null },
    email: { ...MAIL_DEFAULTS, from: 'Blog <hello@example.com>', transport, url, api_key: 're_key', rate: null },
  }
}

const queue = (...mails: OwnMail[]) =>
  database.write((tx) => {
    for (const one of mails) mail.queue(tx, one)
  })

/** Somebody else is faster than the sender. */
const queueClaimed = async (one: OwnMail) => {
  const { value } = await database.write((tx) => {
    mail.queue(tx, one)
    return claimMail(tx, clock.now, clock.now + LEASE)
  })
  return value
}

async function get(
  path: string,
  actor: Actor = SYSTEM,
  { ip = '127.0.0.1', headers = {} }: { readonly ip?: string; readonly headers?: Record<string, string> } = {},
) {
  const settings = {
    host: '127.0.0.1',
    url: null,
    cors: { origins: ['*'], credentials: false },
    headers: {},
    max_body: 1000,
    trust_proxy: false,
  }
  const app = createHttpApp({
    routes: mail.routes,
    settings,
    log: NO_LOG,
    metrics: createHttpMetrics(),
    authenticate: () => actor,
    checkHost: false,
  })
  return app.fetch(new Request(`http://localhost${path}`, { headers }), { ip })
}
const listed = async (): Promise<{ status: string; attempts: number; next_attempt_at: string | null }[]> =>
  ((await (await get('/api/admin/mail')).json()) as { mails: [] }).mails

describe('the outbox', () => {
  test('sends a mail whose write was committed, as text and as HTML', async () => {
    open()
    await queue(MAIL)
    await mail.wake()
    expect(sink.mails).toHaveLength(1)
    const [sent] = sink.mails
    expect(sent?.subject).toBe('Confirm your email address for Blog')
    expect(sent?.text).toContain(LINK)
    expect(sent?.text).toContain('24 hours')
    expect(sent?.html).toContain(`href="${LINK}"`)
    expect(sent?.from?.text).toContain('hello@example.com')
    expect(sent?.headers.get('auto-submitted')).toBe('auto-generated')
  })

  test('sends what is committed without being asked to', async () => {
    open()
    await queue(MAIL)
    while (sink.mails.length === 0) await new Promise(setImmediate)
    expect(sink.mails).toHaveLength(1)
  })

  test('sends nothing of what is only made', async () => {
    open()
    await database.write((tx) => mail.discard(tx, MAIL))
    await mail.wake()
    expect(sink.mails).toHaveLength(0)
    expect(await listed()).toEqual([])
  })

  test('sends nothing of a write that was undone', async () => {
    open()
    const undone = database.write((tx) => {
      mail.queue(tx, MAIL)
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    await mail.wake()
    expect(sink.mails).toHaveLength(0)
    expect(await listed()).toEqual([])
  })

  test('signs in to the server where its address says so', async () => {
    const guarded = await startSmtpSink({ user: 'me@example.com', password: 'p@ss:word/1' })
    open({ url: guarded.url })
    await queue(MAIL)
    await mail.wake()
    expect(guarded.mails).toHaveLength(1)
    await mail.close()
    await guarded.close()
  })

  test('tries again after a temporary refusal, later and later, under one message id', async () => {
    open()
    sink.refusals.push(451, 451)
    await queue(MAIL)
    await mail.wake()
    expect(await listed()).toMatchObject([{ status: 'queued', attempts: 1 }])
    await mail.wake()
    expect(await listed()).toMatchObject([{ attempts: 1 }])
    clock.now += 5_000
    await mail.wake()
    expect(await listed()).toMatchObject([{ status: 'queued', attempts: 2 }])
    clock.now += 30_000
    await mail.wake()
    expect(await listed()).toMatchObject([{ status: 'sent', attempts: 3, next_attempt_at: null }])
    expect(sink.mails).toHaveLength(1)
  })

  test('gives up where the other side says no for good, and keeps no text', async () => {
    open({ mode: 'dev' })
    sink.refusals.push(550)
    await queue(MAIL)
    await mail.wake()
    expect(await listed()).toMatchObject([{ status: 'failed', attempts: 1 }])
    expect(database.all({ text: 'SELECT "text", "html" FROM "_koyalite_mails"', params: [] })).toEqual([[null, null]])
  })

  test('gives up after about a day of attempts', async () => {
    open({ url: 'smtp://127.0.0.1:1' })
    await queue(MAIL)
    const begun = clock.now
    for (let attempts = 0; attempts < 20 && (await listed())[0]?.status === 'queued'; attempts++) {
      await mail.wake()
      const next = (await listed())[0]?.next_attempt_at
      if (next) clock.now = Date.parse(next)
    }
    expect(await listed()).toMatchObject([{ status: 'failed', attempts: 9 }])
    expect(clock.now - begun).toBeGreaterThan(20 * 3_600_000)
  })

  test('deletes the text once a mail is sent', async () => {
    open()
    await queue(MAIL)
    await mail.wake()
    expect(database.all({ text: 'SELECT "text", "html" FROM "_koyalite_mails"', params: [] })).toEqual([[null, null]])
  })

  test('keeps no text in clear while it waits, in dev neither', async () => {
    for (const mode of ['start', 'dev'] as const) {
      open({ url: 'smtp://127.0.0.1:1', mode })
      await queue(MAIL, { template: 'otp', to: 'bob@example.com', code: '314159' })
      await mail.wake()
      const rows = JSON.stringify(database.all({ text: 'SELECT * FROM "_koyalite_mails"', params: [] }))
      expect(rows).toContain('ann@example.com')
      for (const text of [LINK, 'token=', '314159', 'registered']) expect(rows).not.toContain(text)
      await mail.close()
    }
  })

  test('sends what was queued in clear, and gives up what cannot be opened any more', async () => {
    open()
    await queue(MAIL)
    await database.write((tx) =>
      tx.run({ text: `UPDATE "_koyalite_mails" SET "text" = 'Hello', "html" = '<p>Hello'`, params: [] }),
    )
    await mail.wake()
    expect(sink.mails[0]?.text).toContain('Hello')
    await queue(MAIL)
    await mail.close()
    open({ secrets: await openSecretBox({ dir: null }) })
    await mail.wake()
    expect(sink.mails).toHaveLength(1)
    expect((await listed()).map(({ status }) => status).sort()).toEqual(['failed', 'sent'])
  })

  test('sends to one address, whatever it looks like', async () => {
    open()
    for (const to of [
      'ann@example.com,eve@example.com',
      'Eve <eve@example.com>, ann@example.com',
      'ann@example.com\r\nBcc: eve@example.com',
    ]) {
      await queue({ ...MAIL, to })
      await mail.wake()
    }
    expect(sink.recipients.flat()).not.toContain('eve@example.com')
  })

  test('sends what another process left behind', async () => {
    open({ url: 'smtp://127.0.0.1:1' })
    await queue(MAIL, { ...MAIL, to: 'bob@example.com' })
    await mail.close()
    open()
    await mail.wake()
    expect(sink.mails.map((one) => (Array.isArray(one.to) ? one.to[0] : one.to)?.text)).toEqual([
      'ann@example.com',
      'bob@example.com',
    ])
  })
})

describe('several senders of one outbox', () => {
  const others: MailService[] = []
  afterEach(async () => {
    for (const other of others.splice(0)) await other.close()
  })
  const numbered = Array.from({ length: 30 }, (_, i) => ({ ...MAIL, to: `user${i}@example.com` }))
  const recipients = () => sink.mails.map((one) => (Array.isArray(one.to) ? one.to[0] : one.to)?.text).sort()

  test('send each mail once, however many look at once', async () => {
    for (let i = 0; i < 3; i++) others.push(open())
    open()
    await queue(...numbered)
    await Promise.all([...others, mail, ...others].map((one) => one.wake()))
    expect(recipients()).toEqual(numbered.map(({ to }) => to).sort())
    expect(new Set((await listed()).map(({ status, attempts }) => `${status} ${attempts}`))).toEqual(
      new Set(['sent 1']),
    )
  })

  test('of a reload: what the old one is sending, the new one leaves alone', async () => {
    const old = open()
    others.push(old)
    await queue(...numbered)
    const sending = old.wake()
    open()
    await Promise.all([mail.wake(), old.close(), sending])
    await mail.wake()
    expect(recipients()).toEqual(numbered.map(({ to }) => to).sort())
  })

  test('with other settings: what is being sent goes the old way, the next one the new way', async () => {
    open()
    const other = await startSmtpSink()
    await queue(...numbered)
    sink.onMail = () => mail.use(settingsWith('smtp', other.url))
    await mail.wake()
    expect([sink.mails.length, other.mails.length]).toEqual([1, 29])
    await mail.close()
    await other.close()
  })

  test('take over from one that has died, when its time is up', async () => {
    open()
    const claimed = await queueClaimed(MAIL)
    expect(claimed?.to).toBe(MAIL.to)
    await mail.wake()
    expect(sink.mails).toHaveLength(0)
    clock.now += LEASE
    await mail.wake()
    expect(sink.mails).toHaveLength(1)
  })

  test('say nothing more of a mail that somebody else has taken over', async () => {
    open()
    const late = await queueClaimed(MAIL)
    await mail.wake()
    clock.now += LEASE
    const taken = (await database.write((tx) => claimMail(tx, clock.now, clock.now + LEASE))).value
    if (late === null || taken === null) throw new Error('there was no mail to take')
    await database.write((tx) => markFailed(tx, late, { error: 'late', nextAt: null }))
    expect(await listed()).toMatchObject([{ status: 'queued', attempts: 0 }])
    await database.write((tx) => markFailed(tx, taken, { error: 'busy', nextAt: clock.now }))
    await mail.wake()
    expect(await listed()).toMatchObject([{ status: 'sent', attempts: 2 }])
  })
})

describe('the transport log', () => {
  function recorded() {
    const lines: string[] = []
    const note = (fields: unknown, message: string) => lines.push(`${JSON.stringify(fields)} ${message}`)
    const log: Log = { ...NO_LOG, info: note, warn: note }
    return { lines, log }
  }

  test('shows the text in dev', async () => {
    const { lines, log } = recorded()
    open({ transport: 'log', mode: 'dev', log })
    await queue(MAIL)
    await mail.wake()
    expect(lines.join()).toContain(LINK)
  })

  test('keeps links out of the log elsewhere', async () => {
    const { lines, log } = recorded()
    open({ transport: 'log', log })
    await queue(MAIL)
    await mail.wake()
    expect(lines.join()).toContain('ann@example.com')
    expect(lines.join()).not.toContain('token=')
  })
})

test('an adapter is loaded with the first mail, and again where that failed', async () => {
  const loads: string[] = []
  const sent: string[] = []
  const resend = async (apiKey: string) => {
    loads.push(apiKey)
    if (loads.length === 1) throw new Error('not yet')
    const send = async ({ to }: OutgoingMail) => {
      sent.push(...to)
      return []
    }
    return { send, close: async () => {} }
  }
  open({ transport: 'resend', mailAdapters: { ...NO_ADAPTERS, resend } })
  expect(loads).toEqual([])
  await queue(MAIL)
  await mail.wake()
  expect(await listed()).toMatchObject([{ status: 'queued', attempts: 1 }])
  clock.now += 5_000
  await queue(MAIL)
  await mail.wake()
  expect(loads).toEqual(['re_key', 're_key'])
  expect(sent).toEqual([MAIL.to, MAIL.to])
})

describe('routes', () => {
  test('the admin API lists mails without their texts, for those who may', async () => {
    open()
    await queue(MAIL, MAIL, MAIL)
    const text = await (await get('/api/admin/mail?limit=2')).text()
    expect(text).not.toContain('token=')
    const { mails, next_cursor } = JSON.parse(text)
    expect(mails).toHaveLength(2)
    const rest = JSON.parse(await (await get(`/api/admin/mail?cursor=${next_cursor}`)).text())
    expect(rest.mails).toHaveLength(1)
    expect((await get('/api/admin/mail', ANONYMOUS)).status).toBe(401)
    const viewer: Actor = { kind: 'operator', id: 'o', email: 'o@example.com', role: 'viewer', sessionId: 's' }
    expect((await get('/api/admin/mail', viewer)).status).toBe(403)
  })

  test('the mailbox of dev shows texts, and nothing in them can become markup', async () => {
    open({ mode: 'dev', transport: 'log' })
    await queue({ ...MAIL, to: '"<script>alert(1)</script>"@example.com' })
    await mail.wake()
    const response = await get('/_/mail', ANONYMOUS)
    const html = await response.text()
    expect(html).toContain(`href="${LINK}"`)
    expect(html).not.toContain('<script')
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(html).toContain('color-scheme')
  })

  test('the mailbox is shown to callers on this machine only', async () => {
    open({ mode: 'dev', transport: 'log' })
    await queue(MAIL)
    for (const from of [
      { ip: '192.0.2.9' },
      { headers: { 'x-forwarded-for': '127.0.0.1' } },
      { headers: { origin: 'https://evil.example.com' } },
    ]) {
      const response = await get('/_/mail', ANONYMOUS, from)
      expect(response.status).toBe(403)
      expect(await response.text()).not.toContain(LINK)
    }
  })

  test('there is no mailbox outside dev', async () => {
    open()
    expect((await get('/_/mail')).status).toBe(404)
  })
})
