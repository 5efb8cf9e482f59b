import { describe, expect, test } from 'bun:test'
import type { OperatorMail } from '@koyalite/contracts'
import { claimMail } from './store/outbox'
import { useMail, written } from './testing/use-mail'
import { LEASE } from './transport/mail-delivery'

const bench = useMail()
const LINK: OperatorMail = { name: 'link', subject: 'Your link', intro: 'Hi', outro: 'Bye' }

const stateOf = async (id: string) => {
  const { status, attempts, error } = await bench.shown(id)
  return { status, attempts, error }
}
const suppressed = async () => {
  const response = await bench.fetch('GET', '/api/admin/mail/suppressions')
  return ((await response.json()) as { suppressions: { address: string; reason: string }[] }).suppressions
}

describe('a mail of a function', () => {
  test('arrives as it was written', async () => {
    const { id, created } = await bench.send({
      ...{ to: ['ann@example.com', 'bob@example.com'], cc: ['cy@example.com'], bcc: ['di@example.com'] },
      ...{ replyTo: 'help@example.com', subject: 'Grüße', html: '<h1>Hi</h1><p>a &amp; b</p>', text: null },
      headers: { 'List-Unsubscribe': '<https://example.com/u>', 'X-Campaign': 'spring' },
    })
    expect(created).toBe(true)
    const [sent] = bench.sink.mails
    expect(bench.sink.recipients).toEqual([['ann@example.com', 'bob@example.com', 'cy@example.com', 'di@example.com']])
    expect(sent).toMatchObject({ subject: 'Grüße', replyTo: { text: 'help@example.com' } })
    expect(sent?.bcc).toBeUndefined()
    expect([sent?.text?.trim(), String(sent?.html).trim()]).toEqual(['Hi\n\na & b', '<h1>Hi</h1><p>a &amp; b</p>'])
    expect(sent?.headers.get('x-campaign')).toBe('spring')
    expect(sent?.headers.get('list')).toMatchObject({ unsubscribe: { url: 'https://example.com/u' } })
    expect(await bench.shown(id)).toMatchObject({
      ...{ status: 'sent', function: 'welcome', template: null, to: 'ann@example.com, bob@example.com' },
      ...{ bcc: ['di@example.com'], can_resend: false, pending: null, error: null },
    })
  })

  test('waits without its text in clear, and has no HTML where it was given none', async () => {
    bench.sink.refusals.push(451)
    await bench.send({ text: 'a secret' })
    const rows = JSON.stringify(bench.database.all({ text: 'SELECT * FROM "_koyalite_mails"', params: [] }))
    expect(rows).not.toContain('a secret')
    await bench.later()
    expect(bench.sink.mails.map(({ text, html }) => [text?.trim(), html])).toEqual([['a secret', false]])
  })

  test('is sent once under one key, of one function', async () => {
    const first = await bench.send({ key: 'welcome-1' })
    expect(await bench.send({ key: 'welcome-1', subject: 'Again' })).toEqual({ id: first.id, created: false })
    expect((await bench.send({ key: 'welcome-1', function: 'other' })).created).toBe(true)
    expect((await bench.send({ key: 'welcome-2' })).created).toBe(true)
    expect(bench.sink.mails.map(({ subject }) => subject)).toEqual(['Welcome', 'Welcome', 'Welcome'])
  })

  test('is not sent where the write is undone, or where something is wrong with it', async () => {
    const undone = bench.database.write((tx) => {
      bench.mail.send(tx, written({ key: 'a' }))
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    await expect(bench.send({ to: ['Eve <eve@example.com>'] })).rejects.toMatchObject({ code: 'VALIDATION_ERROR' })
    await bench.mail.wake()
    expect(bench.sink.mails).toEqual([])
    expect((await bench.send({ key: 'a' })).created).toBe(true)
  })

  test('waits where its function has sent as many as it may; others and links do not', async () => {
    bench.rate = { count: 2, per: 60_000 }
    for (const subject of ['1', '2', '3', '4', '5']) await bench.send({ subject })
    await bench.send({ function: 'other', subject: 'other' })
    await bench.database.write((tx) => bench.mail.queue(tx, { template: LINK, to: 'ann@example.com' }))
    await bench.mail.wake()
    let seen = 0
    const subjects = () => {
      const from = seen
      seen = bench.sink.mails.length
      return bench.sink.mails.slice(from).map(({ subject }) => subject)
    }
    expect(subjects()).toEqual(['1', '2', 'other', 'Your link'])
    const begun = bench.now
    await bench.later()
    expect([bench.now - begun, subjects()]).toEqual([60_000, ['3', '4']])
    await bench.later()
    expect([bench.now - begun, subjects()]).toEqual([120_000, ['5']])
  })

  test('is refused where a day of them waits', async () => {
    bench.rate = { count: 1, per: 86_400_000 }
    await bench.send()
    await bench.send()
    await expect(bench.send()).rejects.toMatchObject({
      code: 'QUEUE_FULL',
      message: expect.stringContaining('email.rate'),
    })
  })

  test('goes after links that wait as well', async () => {
    await bench.database.write((tx) => {
      bench.mail.send(tx, written({ subject: 'News' }))
      bench.mail.queue(tx, { template: LINK, to: 'ann@example.com' })
    })
    await bench.mail.wake()
    expect(bench.sink.mails.map(({ subject }) => subject)).toEqual(['Your link', 'News'])
  })
})

describe('what SMTP servers say', () => {
  test('421, at any point: it is sent after a retry', async () => {
    bench.sink.refusedRecipients.set('ann@example.com', '421 4.3.2 closing')
    const { id } = await bench.send()
    expect(await stateOf(id)).toMatchObject({ status: 'queued', attempts: 1 })
    bench.sink.refusedRecipients.clear()
    bench.sink.refusals.push(421)
    await bench.later()
    expect(await stateOf(id)).toMatchObject({ status: 'queued', attempts: 2 })
    await bench.later()
    expect(await stateOf(id)).toEqual({ status: 'sent', attempts: 3, error: null })
    expect([bench.sink.mails.length, await suppressed()]).toEqual([1, []])
  })

  test('nothing after the final dot: one more copy, with the same id', async () => {
    bench.sink.dropped = 1
    const { id } = await bench.send()
    expect(await stateOf(id)).toMatchObject({ status: 'queued', error: expect.stringContaining('unknown') })
    await bench.later()
    expect(await stateOf(id)).toMatchObject({ status: 'sent' })
    const ids = bench.sink.mails.map(({ messageId }) => messageId)
    expect([ids.length, new Set(ids).size]).toEqual([2, 1])
  })

  test('nothing after the final dot, for a mail that is sent at most once: it has failed, and nobody knows', async () => {
    bench.sink.dropped = 1
    const { id } = await bench.send({ delivery: 'at_most_once' })
    expect(await stateOf(id)).toMatchObject({ status: 'failed', error: expect.stringMatching(/^unknown: /) })
    expect(bench.sink.mails).toHaveLength(1)
    expect(await suppressed()).toEqual([])
  })

  test('nothing before the final dot: a mail that is sent at most once is tried again', async () => {
    bench.sink.refusals.push(451)
    const { id } = await bench.send({ delivery: 'at_most_once' })
    await bench.later()
    expect(await stateOf(id)).toMatchObject({ status: 'sent', attempts: 2 })
  })

  test('552: it has failed, and the address is no worse for it', async () => {
    bench.sink.refusals.push(552)
    const { id } = await bench.send()
    expect(await stateOf(id)).toMatchObject({ status: 'failed', attempts: 1 })
    expect(await suppressed()).toEqual([])
  })

  test('550 of a recipient: it has failed, and nobody writes to that address again', async () => {
    bench.sink.refusedRecipients.set('ann@example.com', '550 5.1.1 no such user')
    const { id } = await bench.send()
    expect(await stateOf(id)).toMatchObject({ status: 'failed', attempts: 1 })
    expect(await suppressed()).toMatchObject([{ address: 'ann@example.com', reason: 'bounce' }])
    bench.sink.refusedRecipients.clear()
    const next = await bench.send({ to: ['Ann@Example.com'] })
    expect(await stateOf(next.id)).toMatchObject({ status: 'failed', error: 'suppressed: Ann@example.com' })
    expect(bench.sink.recipients).toEqual([])
  })

  test('no to one of several, and not now to another: the others have it once', async () => {
    bench.sink.refusedRecipients.set('bob@example.com', '550 no such user').set('cy@example.com', '450 later')
    const { id } = await bench.send({ to: ['ann@example.com', 'bob@example.com'], bcc: ['cy@example.com'] })
    expect(await bench.shown(id)).toMatchObject({ status: 'queued', pending: ['cy@example.com'] })
    bench.sink.refusedRecipients.delete('cy@example.com')
    await bench.later()
    expect(await stateOf(id)).toMatchObject({ status: 'sent' })
    expect(bench.sink.recipients).toEqual([['ann@example.com'], ['cy@example.com']])
    expect(await suppressed()).toMatchObject([{ address: 'bob@example.com' }])
  })
})

describe('a server that dies while it sends', () => {
  for (const [delivery, copies, status] of [
    ['at_least_once', 1, 'sent'],
    ['at_most_once', 0, 'failed'],
  ] as const)
    test(`${delivery}: ${status} by the next one`, async () => {
      const { value } = await bench.database.write((tx) => {
        const { id } = bench.mail.send(tx, written({ delivery }))
        claimMail(tx, bench.now, bench.now + LEASE)
        return id
      })
      await bench.mail.close()
      bench.reopen()
      await bench.mail.wake()
      expect(bench.sink.mails).toHaveLength(0)
      bench.now += LEASE
      await bench.mail.wake()
      expect(await bench.shown(value)).toMatchObject({ status })
      expect(bench.sink.mails).toHaveLength(copies)
    })
})

describe('suppressions', () => {
  test('of a bounce stop mails of functions, and no links; those of operators stop both', async () => {
    bench.sink.refusedRecipients.set('ann@example.com', '550 no such user')
    await bench.send()
    bench.sink.refusedRecipients.clear()
    const link = async () => {
      await bench.database.write((tx) => bench.mail.queue(tx, { template: LINK, to: 'ann@example.com' }))
      await bench.mail.wake()
      return bench.sink.mails.length
    }
    expect(await link()).toBe(1)
    const body = { address: 'Ann@Example.com', note: 'asked for it' }
    expect((await bench.fetch('POST', '/api/admin/mail/suppressions', { body })).status).toBe(201)
    expect(await suppressed()).toMatchObject([{ address: 'ann@example.com', reason: 'manual', note: 'asked for it' }])
    expect(await link()).toBe(1)
  })

  test('leave out those who are copied in, and fail where nobody is addressed', async () => {
    await bench.fetch('POST', '/api/admin/mail/suppressions', { body: { address: 'cy@example.com' } })
    const { id } = await bench.send({ cc: ['cy@example.com'] })
    expect(bench.sink.recipients).toEqual([['ann@example.com']])
    expect(await stateOf(id)).toMatchObject({ status: 'sent', error: 'not to cy@example.com: suppressed' })
    const next = await bench.send({ to: ['cy@example.com'], cc: ['ann@example.com'] })
    expect(await stateOf(next.id)).toMatchObject({ status: 'failed', error: 'suppressed: cy@example.com' })
  })

  test('are lifted, and are audited', async () => {
    const path = '/api/admin/mail/suppressions'
    const of = (address: string) => `${path}?address=${encodeURIComponent(address)}`
    await bench.fetch('POST', path, { body: { address: 'ann+x@example.com' } })
    expect((await bench.fetch('DELETE', of('ANN+x@example.com'))).status).toBe(204)
    expect((await bench.fetch('DELETE', of('ann+x@example.com'))).status).toBe(404)
    expect((await bench.fetch('POST', path, { body: { address: 'Ann <ann@example.com>' } })).status).toBe(400)
    expect(await suppressed()).toEqual([])
    expect(bench.audited.map(({ event }) => event)).toEqual(['mail.suppressed', 'mail.unsuppressed'])
  })
})

describe('operators', () => {
  test('send again what failed, and neither what was sent nor links that are gone', async () => {
    bench.sink.refusals.push(550, 550)
    const { id } = await bench.send({ text: 'Hello again' })
    await bench.database.write((tx) => bench.mail.queue(tx, { template: LINK, to: 'ann@example.com' }))
    await bench.mail.wake()
    const failed = (await (await bench.fetch('GET', '/api/admin/mail?state=failed')).json()) as {
      mails: { id: string; template: string | null }[]
    }
    expect(failed.mails.map(({ template }) => template)).toEqual(['link', null])
    const resend = (which = '') => bench.fetch('POST', `/api/admin/mail/${which}/resend`)
    expect((await resend(failed.mails[0]?.id)).status).toBe(409)
    expect((await resend(id)).status).toBe(200)
    await bench.mail.wake()
    expect(bench.sink.mails.map(({ text }) => text?.trim())).toEqual(['Hello again'])
    expect((await resend(id)).status).toBe(409)
    expect((await resend('nothing')).status).toBe(404)
    expect(bench.audited.map(({ event }) => event)).toEqual(['mail.resent'])
  })

  test('see mails by state, and each alone', async () => {
    const { id } = await bench.send()
    for (const [state, ids] of [
      ['sent', [id]],
      ['failed', []],
      ['queued', []],
      ['held', []],
    ] as const) {
      const { mails } = (await (await bench.fetch('GET', `/api/admin/mail?state=${state}`)).json()) as {
        mails: { id: string }[]
      }
      expect([state, mails.map((one) => one.id)]).toEqual([state, [...ids]])
    }
    expect(JSON.stringify(await bench.shown(id))).not.toContain('Hello')
    expect((await bench.fetch('GET', '/api/admin/mail/nothing')).status).toBe(404)
  })
})
