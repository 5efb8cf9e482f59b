import { beforeEach, describe, expect, test } from 'bun:test'
import { MailDeferred, type OutgoingMail } from '@koyalite/contracts'
import { NO_ADAPTERS, useMail } from '../testing/use-mail'

const HOUR = 3_600_000
const bench = useMail()
let sent: OutgoingMail[]
/** What the next attempts come to; then mails are taken. */
let failures: Error[]
beforeEach(() => {
  sent = []
  failures = []
  bench.transport = 'resend'
  bench.adapters = {
    ...NO_ADAPTERS,
    resend: async () => ({
      async send(mail) {
        const failure = failures.shift()
        if (failure !== undefined) throw failure
        sent.push(mail)
        return []
      },
      close: async () => {},
    }),
  }
})

const stateOf = async (id: string) => {
  const { status, attempts, error } = await bench.shown(id)
  return { status, attempts, error }
}

describe('a server that takes nothing for now', () => {
  test('is asked again when it says, for no mail before that, and it counts as no attempt', async () => {
    failures.push(new MailDeferred('too many requests', 7_000))
    const { id } = await bench.send()
    await bench.send()
    await bench.mail.wake()
    expect(sent).toEqual([])
    expect(await stateOf(id)).toEqual({ status: 'queued', attempts: 0, error: 'too many requests' })
    bench.now += 6_999
    await bench.mail.wake()
    expect(sent).toEqual([])
    bench.now += 1
    await bench.mail.wake()
    expect(sent).toHaveLength(2)
    expect(await stateOf(id)).toEqual({ status: 'sent', attempts: 1, error: null })
  })

  test('is asked after ten minutes at the latest', async () => {
    failures.push(new MailDeferred('quota of the day', 20 * HOUR))
    await bench.send()
    bench.now += 600_000
    await bench.mail.wake()
    expect(sent).toHaveLength(1)
  })
})

describe('a server that knows mails again for a day', () => {
  test('gets none after 23 hours, however the time passed: the mail says that it is unknown', async () => {
    failures.push(new Error('no response'))
    const { id } = await bench.send()
    bench.now += 23 * HOUR + 1
    await bench.mail.wake()
    expect(sent).toEqual([])
    expect(await stateOf(id)).toMatchObject({ status: 'failed', error: expect.stringMatching(/^unknown: .*by hand/) })
    await bench.fetch('POST', `/api/admin/mail/${id}/resend`)
    await bench.mail.wake()
    expect(sent).toHaveLength(1)
    expect(await stateOf(id)).toMatchObject({ status: 'sent' })
  })

  test('may be asked again where a mail must go once at most', async () => {
    failures.push(new Error('no response'))
    const { id } = await bench.send({ delivery: 'at_most_once' })
    await bench.later()
    expect(await stateOf(id)).toMatchObject({ status: 'sent', attempts: 2 })
    expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(1)
  })
})

test('email.transport_rate is for all mails, evenly, and the interval is waited for', async () => {
  bench.transportRate = { count: 2, per: 1_000 }
  for (const name of ['one', 'two', 'three']) await bench.send({ function: name })
  expect(sent).toHaveLength(1)
  bench.now += 499
  await bench.mail.wake()
  expect(sent).toHaveLength(1)
  bench.now += 1
  await bench.mail.wake()
  expect(sent).toHaveLength(2)
  bench.now += 10_000
  await bench.mail.wake()
  expect(sent).toHaveLength(3)
})
