import { expect, test } from 'bun:test'
import { MailDeferred, MailRefused, type OutgoingMail } from '@koyalite/contracts'
import { freePort, testMailTransport } from '@koyalite/testkit'
import { createResendTransport } from './resend-transport'
import { type FakeResend, startFakeResend } from './testing/fake-resend'

const KEY = 're_test'

testMailTransport('Resend', {
  open: async () => {
    const resend = startFakeResend(KEY)
    return {
      transport: createResendTransport(KEY, resend.baseUrl),
      received: async () => resend.received.map(({ tags, ...mail }) => mail),
      refuseNext: (forGood) => resend.refusals.push(forGood ? 422 : 429),
      close: () => resend.close(),
    }
  },
  unreachable: () => createResendTransport(KEY, `http://127.0.0.1:${freePort()}`),
})

const MAIL: OutgoingMail = {
  ...{ id: '0197a3d4', from: 'a@example.com', to: ['b@example.com'], cc: [], bcc: [], recipients: ['b@example.com'] },
  ...{ replyTo: null, headers: {}, attachments: [], subject: 's', text: 't', html: 'h', messageId: '<1@x>' },
}

async function withResend(work: (resend: FakeResend) => Promise<void>): Promise<void> {
  const resend = startFakeResend(KEY)
  try {
    await work(resend)
  } finally {
    await resend.close()
  }
}

const failureOf = (resend: FakeResend, mail = MAIL, key = KEY) =>
  createResendTransport(key, resend.baseUrl)
    .send(mail)
    .then(
      () => null,
      (error: unknown) => error,
    )

test('carries everything that a mail has, to those who are still to get it', () =>
  withResend(async (resend) => {
    await createResendTransport(KEY, resend.baseUrl).send({
      ...MAIL,
      ...{ to: ['b@example.com', 'c@example.com'], cc: ['d@example.com', 'e@example.com'], bcc: ['f@example.com'] },
      ...{ recipients: ['b@example.com', 'd@example.com', 'f@example.com'], html: null },
      ...{ replyTo: 'a@example.com', headers: { 'X-Campaign': 'spring' } },
      attachments: [{ filename: 'a.txt', contentType: 'text/plain', content: 'aGk=' }],
    })
    expect(resend.received as unknown).toEqual([
      {
        ...{ from: 'a@example.com', to: ['b@example.com'], cc: ['d@example.com'], bcc: ['f@example.com'] },
        ...{ reply_to: 'a@example.com', headers: { 'X-Campaign': 'spring' }, subject: 's', text: 't' },
        attachments: [{ filename: 'a.txt', content_type: 'text/plain', content: 'aGk=' }],
        ...{ tags: [{ name: 'koyalite_mail', value: '0197a3d4' }], messageId: '<1@x>' },
      },
    ])
  }))

test('a wrong key can be mended: the mail is kept', () =>
  withResend(async (resend) => {
    expect(await failureOf(resend, MAIL, 're_wrong')).toMatchObject({
      name: 'Error',
      message: expect.stringContaining('401'),
    })
  }))

test('refusals are final, for a while, or about everything', () =>
  withResend(async (resend) => {
    for (const [refusal, expected] of [
      [422, MailRefused],
      [400, MailRefused],
      [403, Error],
      [409, Error],
      [500, Error],
      [{ status: 502, text: '<html>Bad Gateway' }, Error],
      [{ status: 409, name: 'concurrent_idempotent_requests' }, Error],
      [{ status: 429, headers: { 'retry-after': '7' } }, MailDeferred],
    ] as const) {
      resend.refusals.push(refusal)
      const failure = await failureOf(resend)
      expect([refusal, (failure as object).constructor.name]).toEqual([refusal, expected.name])
    }
    expect(resend.received).toEqual([])
    resend.refusals.push({ status: 429, headers: { 'retry-after': '7' } })
    expect(await failureOf(resend)).toMatchObject({ retryAfter: 7_000 })
    resend.refusals.push({ status: 429, headers: { 'retry-after': 'tomorrow' } })
    expect(await failureOf(resend)).toMatchObject({ retryAfter: 5_000 })
  }))

test('a mail whose response was lost is not sent twice, and another under its key is refused', () =>
  withResend(async (resend) => {
    resend.refusals.push({ status: 504, text: '', isTaken: true })
    expect(await failureOf(resend)).not.toBeNull()
    expect(await failureOf(resend)).toBeNull()
    expect(resend.received).toHaveLength(1)
    expect(await failureOf(resend, { ...MAIL, subject: 'other' })).toMatchObject({
      name: 'MailRefused',
      message: expect.stringContaining('unknown'),
    })
  }))
