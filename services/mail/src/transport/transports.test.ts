import { type Log, NO_LOG } from '@koyalite/kernel'
import { freePort, testMailTransport } from '@koyalite/testkit'
import { startSmtpSink } from '../testing/smtp-sink'
import { lazyTransport } from './lazy-transport'
import { createLogTransport } from './log-transport'
import { createSmtpTransport } from './smtp-transport'

testMailTransport('log', {
  open: async () => {
    const logged: { to: string; subject: string }[] = []
    const log: Log = { ...NO_LOG, info: ({ to, subject }: never) => logged.push({ to, subject }) }
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
          to: (Array.isArray(to) ? to[0] : to)?.text ?? '',
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
