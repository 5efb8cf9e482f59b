import { expect, test } from 'bun:test'
import { type Log, NO_LOG } from '@koyalite/kernel'
import { freePort, testMailTransport } from '@koyalite/testkit'
import { sendTestMail } from '../test-mail'
import { startSmtpSink } from '../testing/smtp-sink'
import { MAIL_DEFAULTS, NO_ADAPTERS } from '../testing/use-mail'
import { lazyTransport } from './lazy-transport'
import { createLogTransport } from './log-transport'
import { createSmtpTransport } from './smtp-transport'

testMailTransport('log', {
  open: async () => {
    const logged: { to: readonly string[]; subject: string }[] = []
    const log: Log = {
      ...NO_LOG,
      info: ({ to, subject }: { to: string; subject: string }) => logged.push({ to: [to], subject }),
    }
    return {
      transport: createLogTransport(log, { showText: true }),
      received: async () => logged,
      refuseNext: () => {},
      close: async () => {},
    }
  },
  unreachable: null,
})

testMailTransport('SMTP', {
  open: async () => {
    const sink = await startSmtpSink()
    return {
      transport: lazyTransport(() => createSmtpTransport(sink.url)),
      received: async () =>
        sink.mails.map(({ to, subject = '', text = '', html, messageId = '' }) => ({
          to: [(Array.isArray(to) ? to[0] : to)?.text ?? ''],
          subject,
          text: text.trimEnd(),
          html: String(html).trimEnd(),
          messageId,
        })),
      refuseNext: (forGood) => sink.refusals.push(forGood ? 550 : 451),
      close: () => sink.close(),
    }
  },
  unreachable: () => lazyTransport(() => createSmtpTransport(`smtp://127.0.0.1:${freePort()}`)),
})

test('a test mail shows the dialogue with the server, without what signs in', async () => {
  const sink = await startSmtpSink({ user: 'ann', password: 'p4ssw0rd-of-ann' })
  const settings = (password: string) =>
    ({
      name: 'blog',
      server: { url: null },
      email: {
        ...MAIL_DEFAULTS,
        transport: 'smtp',
        from: 'a@example.com',
        url: sink.url.replace(/\/\/(.*@)?/, `//ann:${password}@`),
      },
    }) as const
  const options = {
    log: NO_LOG,
    mode: 'start',
    mailAdapters: NO_ADAPTERS,
  } as const
  const sent = await sendTestMail('b@example.com', settings('p4ssw0rd-of-ann'), options)
  expect(sent).toMatchObject({ ok: true, message: null })
  expect(sent.dialogue.join('\n')).toMatch(/^S: 220 .*C: EHLO.*C: RCPT TO:<b@example\.com>/s)
  const refused = await sendTestMail('b@example.com', settings('w4ong-p4ssw0rd'), options)
  expect(refused).toMatchObject({ ok: false, message: expect.stringContaining('wrong password') })
  const texts = JSON.stringify([sent, refused])
  for (const password of ['p4ssw0rd-of-ann', 'w4ong-p4ssw0rd']) {
    const encoded = [`\0ann\0${password}`, password, 'ann'].map((text) => Buffer.from(text).toString('base64'))
    for (const secret of [password, ...encoded]) expect(texts).not.toContain(secret)
  }
  expect(sink.mails.map(({ subject }) => subject)).toEqual(['A test of blog'])
  await sink.close()
})
