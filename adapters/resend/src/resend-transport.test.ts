import { expect, test } from 'bun:test'
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

test('a wrong key can be mended: the mail is kept', async () => {
  const resend = startFakeResend(KEY)
  const mail = { from: 'a@example.com', to: 'b@example.com', subject: 's', text: 't', html: 'h', messageId: '<1@x>' }
  const failure = await createResendTransport('re_wrong', resend.endpoint)
    .send(mail)
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({ name: 'Error', message: expect.stringContaining('401') })
  await resend.close()
})
