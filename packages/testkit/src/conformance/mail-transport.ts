import { describe, expect, test } from 'bun:test'
import { MailRefused, type MailTransport, type OutgoingMail } from '@koyalite/contracts'

/** What stands at the other end of a transport. */
export interface MailTransportBench {
  readonly transport: MailTransport
  /** The mails that have arrived, as far as this transport carries them. */
  received(): Promise<readonly Partial<OutgoingMail>[]>
  /** The other end refuses the next mail, permanently or for now. */
  refuseNext(forGood: boolean): void
  close(): Promise<void>
}

export interface MailTransportSubject {
  open(): Promise<MailTransportBench>
  /** One whose other end does not respond; null where there is no other end, which then refuses nothing either. */
  readonly unreachable: (() => MailTransport) | null
}

const MAIL: OutgoingMail = {
  id: '0190a5f0',
  from: 'Blog <hello@example.com>',
  to: ['ann@example.com'],
  cc: [],
  bcc: [],
  recipients: ['ann@example.com'],
  replyTo: null,
  headers: {},
  attachments: [],
  subject: 'Grüße & more',
  text: 'Hello\nhttp://localhost/?a=1&b=2',
  html: '<p>Hello</p>',
  messageId: '<0190a5f0@example.com>',
}

/** What every MailTransport must do. */
export function testMailTransport(name: string, subject: MailTransportSubject): void {
  async function withBench(work: (bench: MailTransportBench) => Promise<void>): Promise<void> {
    const bench = await subject.open()
    try {
      await work(bench)
    } finally {
      await bench.transport.close()
      await bench.close()
    }
  }

  describe(`the mail transport ${name}`, () => {
    test('carries a mail', () =>
      withBench(async ({ transport, received }) => {
        expect(await transport.send(MAIL)).toEqual([])
        const arrived = await received()
        expect(arrived).toHaveLength(1)
        expect(MAIL).toMatchObject(arrived[0] as Partial<OutgoingMail>)
        expect(arrived[0]).toMatchObject({ to: MAIL.to, subject: MAIL.subject })
      }))

    test('carries several at once, each to its own address', () =>
      withBench(async ({ transport, received }) => {
        const mails = Array.from({ length: 5 }, (_, n) => ({
          ...MAIL,
          to: [`user${n}@example.com`],
          recipients: [`user${n}@example.com`],
          messageId: `<${n}@example.com>`,
        }))
        await Promise.all(mails.map((mail) => transport.send(mail)))
        expect((await received()).map(({ to }) => to?.[0] ?? '').toSorted()).toEqual(mails.flatMap(({ to }) => to))
      }))

    test('can be closed unused', () => withBench(async () => {}))

    const { unreachable } = subject
    if (unreachable === null) return

    test('says whether a refusal is for good, and carries the next mail', () =>
      withBench(async ({ transport, received, refuseNext }) => {
        for (const forGood of [true, false]) {
          refuseNext(forGood)
          const failure = await transport.send(MAIL).then(
            () => null,
            (error: unknown) => error,
          )
          expect(failure).toBeInstanceOf(Error)
          expect(failure instanceof MailRefused).toBe(forGood)
        }
        expect(await received()).toEqual([])
        await transport.send(MAIL)
        expect(await received()).toHaveLength(1)
      }))

    test('where nobody responds, a retry may help', async () => {
      const transport = unreachable()
      const failure = await transport.send(MAIL).then(
        () => null,
        (error: unknown) => error,
      )
      expect(failure).toBeInstanceOf(Error)
      expect(failure).not.toBeInstanceOf(MailRefused)
      await transport.close()
    })
  })
}
