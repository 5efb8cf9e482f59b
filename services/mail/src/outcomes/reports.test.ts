import { describe, expect, test } from 'bun:test'
import type { MailNews, MailReport, MailReports, OperatorMail } from '@koyalite/contracts'
import fc from 'fast-check'
import { findMail } from '../store/operators'
import { type Draft, NO_ADAPTERS, useMail } from '../testing/use-mail'
import { climbs, type Rung, rungOf } from './ladder'

const bench = useMail()
const LINK: OperatorMail = { name: 'link', subject: 'Your link', intro: 'Hi', outro: 'Bye' }

/** What the body says, where a header says that it may. */
const READER: MailReports = {
  read: (body, headers) =>
    headers.get('x-signed') === 'yes' ? (JSON.parse(new TextDecoder().decode(body)) as MailReport) : 'forged',
}

let reports = 0
async function sent(draft?: Draft): Promise<string> {
  bench.adapters = { ...NO_ADAPTERS, resendReports: async () => READER }
  bench.secret = 'whsec_test'
  return (await bench.send(draft)).id
}

function report(
  mail: string,
  given: Partial<MailReport> = {},
  headers: Record<string, string> = { 'x-signed': 'yes' },
) {
  const full: MailReport = {
    ...{ id: `msg_${++reports}`, mail, state: 'delivered', isHard: false, recipients: ['ann@example.com'] },
    ...{ message: null, at: bench.now },
    ...given,
  }
  return bench.fetch('POST', '/api/mail/resend', { body: full, headers })
}

const statesOf = async (id: string) =>
  ((await bench.shown(id)).history as { state: string }[]).map(({ state }) => state)
const suppressed = async () => {
  const response = await bench.fetch('GET', '/api/admin/mail/suppressions')
  return ((await response.json()) as { suppressions: { address: string; reason: string }[] }).suppressions.map(
    ({ address, reason }) => `${address} ${reason}`,
  )
}

describe('what is reported of a mail', () => {
  test('is its state, and its history has each step with its time', async () => {
    const id = await sent()
    bench.now += 60_000
    expect((await report(id)).status).toBe(204)
    expect(await bench.shown(id)).toMatchObject({
      ...{ status: 'delivered', error: null, sent_at: '2026-01-01T00:00:00.000Z' },
      history: [
        { state: 'queued', at: '2026-01-01T00:00:00.000Z', note: null },
        { state: 'sent', at: '2026-01-01T00:00:00.000Z', note: null },
        { state: 'delivered', at: '2026-01-01T00:01:00.000Z', note: null },
      ],
    })
    await report(id, { state: 'complained', message: 'spam' })
    expect(await bench.shown(id)).toMatchObject({ status: 'complained', error: 'spam', can_resend: false })
    for (const [state, count] of [
      ['complained', 1],
      ['delivered', 0],
      ['sent', 0],
    ] as const) {
      const response = await bench.fetch('GET', `/api/admin/mail?state=${state}`)
      expect([state, ((await response.json()) as { mails: object[] }).mails.length]).toEqual([state, count])
    }
  })

  test('never takes it back, in whatever order it comes', async () => {
    const states = ['sent', 'delayed', 'delivered', 'bounced', 'complained', 'failed'] as const
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...states), { maxLength: 6 }), async (order) => {
        const id = await sent()
        let highest: Rung = 'sent'
        for (const state of order) {
          await report(id, { state })
          if (state !== 'delayed' && climbs(highest, state)) highest = state
          const mail = findMail(bench.database, id)
          expect([order, mail && rungOf(mail)]).toEqual([order, highest])
        }
        await bench.database.write((tx) => tx.run({ text: 'DELETE FROM "_koyalite_mail_suppressions"', params: [] }))
      }),
      { numRuns: 15 },
    )
  })

  test('counts once, and of a mail that is not there not at all', async () => {
    const id = await sent()
    const news: MailNews[] = []
    bench.mail.onNews((_tx, one) => void news.push(one))
    for (let time = 0; time < 3; time++) expect((await report(id, { id: 'msg_same' })).status).toBe(204)
    expect(await statesOf(id)).toEqual(['queued', 'sent', 'delivered'])
    const other = { state: 'complained', recipients: ['bob@example.com'] } as const
    expect((await report('0197a3d4-5b6c-7d8e-9f00-112233445566', other)).status).toBe(204)
    expect(await suppressed()).toEqual([])
    expect(news).toMatchObject([{ id, function: 'welcome', state: 'delivered', recipients: ['ann@example.com'] }])
  })

  test('ends the attempts to send it: its response was lost', async () => {
    const id = await sent()
    bench.sink.refusals.push(451)
    const { id: waiting } = await bench.send({ key: 'waiting', text: 'a secret' })
    expect(await bench.shown(waiting)).toMatchObject({ status: 'queued', attempts: 1 })
    await report(waiting)
    expect(await bench.shown(waiting)).toMatchObject({ status: 'delivered', can_resend: false, error: null })
    bench.now += 86_400_000
    await bench.mail.wake()
    expect(bench.sink.mails).toHaveLength(1)
    expect(await statesOf(id)).toEqual(['queued', 'sent'])
  })
})

describe('suppressions', () => {
  test('come of hard bounces and complaints, never of soft bounces, and only of whom it was sent to', async () => {
    const id = await sent({ to: ['Ann@example.com', 'bob@example.com'] })
    await report(id, { state: 'bounced', message: 'mailbox full' })
    await report(id, { state: 'delayed' })
    expect(await suppressed()).toEqual([])
    const recipients = ['ANN@example.com', 'eve@example.com', '<script>']
    await report(id, { state: 'bounced', isHard: true, recipients })
    expect(await suppressed()).toEqual(['ann@example.com bounce'])
    await report(id, { state: 'complained', recipients: ['ann@example.com', 'bob@example.com'] })
    expect(await suppressed()).toEqual(['ann@example.com complaint', 'bob@example.com complaint'])
    await report(id, { state: 'bounced', isHard: true, recipients })
    expect(await suppressed()).toEqual(['ann@example.com complaint', 'bob@example.com complaint'])
  })

  test('of a bounce let mails of sign-in pass, of a complaint none', async () => {
    const id = await sent()
    const link = async () => {
      await bench.database.write((tx) => bench.mail.queue(tx, { template: LINK, to: 'ann@example.com' }))
      await bench.mail.wake()
      return bench.sink.mails.filter(({ subject }) => subject === 'Your link').length
    }
    await report(id, { state: 'bounced', isHard: true })
    expect(await link()).toBe(1)
    await report(id, { state: 'complained' })
    expect(await link()).toBe(1)
  })

  test('of a complaint are lifted with a note, which the audit log keeps', async () => {
    const id = await sent()
    await report(id, { state: 'complained' })
    const path = '/api/admin/mail/suppressions?address=ann@example.com'
    const refused = await bench.fetch('DELETE', path)
    expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('note')])
    expect((await bench.fetch('DELETE', `${path}&note=`)).status).toBe(400)
    expect((await bench.fetch('DELETE', `${path}&note=asked+on+the+phone`)).status).toBe(204)
    expect(bench.audited).toMatchObject([
      { event: 'mail.unsuppressed', details: { reason: 'complaint', note: 'asked on the phone' } },
    ])
    expect(await suppressed()).toEqual([])
  })
})

test('nothing is taken without a signature, or without a secret', async () => {
  const id = await sent()
  for (const headers of [{}, { 'x-signed': 'no' }]) expect((await report(id, {}, headers)).status).toBe(401)
  expect(await bench.shown(id)).toMatchObject({ status: 'sent' })
  bench.secret = null
  await bench.send()
  expect((await report(id)).status).toBe(404)
})
