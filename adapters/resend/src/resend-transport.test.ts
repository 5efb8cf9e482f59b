import { expect, test } from 'bun:test'
import type { OutgoingMail } from '@koyalite/contracts'
import { freePort, testMailTransport } from '@koyalite/testkit'
import { createResendTransport } from './resend-transport'
import { startFakeResend } from './testing/fake-resend'

const KEY = 're_test'

testMailTransport('Resend', {
  open: async () => {
    const resend = startFakeResend(KEY)
    return {
      transport: createResendTransport(KEY, resend.endpoint),
      received: async () => resend.received,
      refuseNext: (forGood) => resend.refusals.push(forGood ? 422 : 429),
      close: () => resend.close(),
    }
  },
  unreachable: () => createResendTransport(KEY, `http://127.0.0.1:${freePort()}/emails`),
})

const MAIL: OutgoingMail = {
  ...{ from: 'a@example.com', to: ['b@example.com'], cc: [], bcc: [], recipients: ['b@example.com'] },
  ...{ replyTo: null, headers: {}, subject: 's', text: 't', html: 'h', messageId: '<1@x>' },
}

test('carries everything that a mail has, to those who are still to get it', async () => {
  const resend = startFakeResend(KEY)
  await createResendTransport(KEY, resend.endpoint).send({
    ...MAIL,
    ...{ to: ['b@example.com', 'c@example.com'], cc: ['d@example.com', 'e@example.com'], bcc: ['f@example.com'] },
    ...{ recipients: ['b@example.com', 'd@example.com', 'f@example.com'], html: null },
    ...{ replyTo: 'a@example.com', headers: { 'X-Campaign': 'spring' } },
  })
  expect(resend.received as unknown).toEqual([
    {
      ...{ from: 'a@example.com', to: ['b@example.com'], cc: ['d@example.com'], bcc: ['f@example.com'] },
      ...{
        reply_to: 'a@example.com',
        headers: { 'X-Campaign': 'spring' },
        subject: 's',
        text: 't',
        messageId: '<1@x>',
      },
    },
  ])
  await resend.close()
})

test('a wrong key can be mended: the mail is kept', async () => {
  const resend = startFakeResend(KEY)
  const failure = await createResendTransport('re_wrong', resend.endpoint)
    .send(MAIL)
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({ name: 'Error', message: expect.stringContaining('401') })
  await resend.close()
})
