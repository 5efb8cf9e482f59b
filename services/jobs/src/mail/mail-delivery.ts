import type { Log, SecretBox } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { claimMail, deleteOldMails, markFailed, markSent, nextDue, type OutboxMail } from '../store/outbox'
import { MailRefused, type MailTransport } from './mail-transport'
import { openBody } from './sealed-body'

export interface DeliveryOptions {
  readonly database: Database
  readonly secrets: SecretBox
  readonly transport: MailTransport
  readonly from: string
  /** Bodies stay after a mail is sent: for the mailbox of `dev`. */
  readonly keepBodies: boolean
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export interface MailDelivery {
  /** Looks at the queue now; resolves when nothing in it is due any more. */
  wake(): Promise<void>
  close(): Promise<void>
}

/** Waits between attempts: about a day in all. */
const BACK_OFF = [5_000, 30_000, 120_000, 600_000, 3_600_000, 4 * 3_600_000, 8 * 3_600_000, 12 * 3_600_000]
/**
 * For so long a mail is its sender's, in milliseconds: at a reload there are two for a moment. Longer than any transport takes; a mail whose
 * sender has died waits for so long.
 */
export const LEASE = 5 * 60_000
const KEEP = 7 * 86_400_000
/** Mails that one write removes: about 1 ms. */
const STEP = 200
/** Timers cannot be longer than about 24 days, and the clock may be set. */
const LONGEST_WAIT = 3_600_000

/** Sends what is in the outbox: at least once each, a failed one again and again with growing waits. */
export function createMailDelivery(options: DeliveryOptions): MailDelivery {
  const { database, log, now } = options
  let running: Promise<void> | null = null
  let again = false
  let closed = false
  let timer: ReturnType<typeof setTimeout> | undefined

  async function run(): Promise<void> {
    // Whoever has asked for a mail is answered first: how long that takes does not tell whether there is one.
    await new Promise((resolve) => setImmediate(resolve))
    do {
      again = false
      await sendDue()
    } while (again && !closed)
  }

  async function sendDue(): Promise<void> {
    while (!closed) {
      const { value: mail } = await database.write((tx) => claimMail(tx, now(), now() + LEASE))
      if (mail === null) break
      await deliver(mail)
    }
    let removed = STEP
    while (removed === STEP) removed = (await database.write((tx) => deleteOldMails(tx, now() - KEEP, STEP))).value
  }

  async function deliver(mail: OutboxMail): Promise<void> {
    try {
      const body = openBody(options.secrets, mail)
      if (body === null) throw new MailRefused('the key that its text was sealed with is not in data/keys any more')
      await options.transport.send({
        from: options.from,
        to: mail.to,
        subject: mail.subject,
        ...body,
        messageId: `<${mail.id}@${options.from.slice(options.from.lastIndexOf('@') + 1).replace(/[>\s]/g, '') || 'localhost'}>`,
      })
      await database.write((tx) => markSent(tx, mail.id, { at: now(), keepBody: options.keepBodies }))
    } catch (error) {
      const wait = error instanceof MailRefused ? undefined : BACK_OFF[mail.attempts]
      const nextAt = wait === undefined ? null : now() + wait
      const text = error instanceof Error ? error.message : String(error)
      log.warn(
        { mail: mail.id, template: mail.template, attempts: mail.attempts + 1, err: error },
        nextAt === null ? 'a mail was given up' : 'a mail could not be sent; it is tried again',
      )
      await database.write((tx) => markFailed(tx, mail, { error: text.slice(0, 500), nextAt }))
    }
  }

  function plan(): void {
    clearTimeout(timer)
    if (closed) return
    const next = nextDue(database)
    if (next === null) return
    timer = setTimeout(() => void wake(), Math.min(LONGEST_WAIT, Math.max(0, next - now())))
    timer.unref()
  }

  function wake(): Promise<void> {
    if (closed) return Promise.resolve()
    if (running !== null) {
      again = true
      return running
    }
    running = run()
      .catch((error: unknown) => log.error({ err: error }, 'the mail queue could not be worked on'))
      .finally(() => {
        running = null
        plan()
      })
    return running
  }

  // What a crash or a stop has left behind; where this process only reads, that is the other's.
  if (!database.follows) plan()
  return {
    wake,
    async close() {
      closed = true
      clearTimeout(timer)
      await running
      await options.transport.close()
    },
  }
}
