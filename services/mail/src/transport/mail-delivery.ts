import type { MailTransport } from '@koyalite/contracts'
import type { Log, SecretBox } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { claimMail, deleteOldMails, markFailed, markSent, type OutboxMail } from '../store/outbox'
import { suppress } from '../store/suppressions'
import { attemptMail } from './attempt-mail'

/** How mails leave. */
export interface Outgoing {
  readonly transport: MailTransport
  readonly from: string
}

export interface DeliveryOptions {
  readonly database: Database
  readonly secrets: SecretBox
  /** By the settings as they are when a mail is sent. */
  readonly outgoing: () => Outgoing
  /** Bodies stay after a mail is sent: for the mailbox of `dev`. */
  readonly keepBodies: boolean
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Stops between two mails. */
  readonly signal: AbortSignal
}

/** Waits between attempts: 22 hours in all. Services that know a mail again by its id do so for 24 hours. */
const BACK_OFF = [5_000, 30_000, 120_000, 600_000, 3_600_000, 4 * 3_600_000, 8 * 3_600_000, 9 * 3_600_000]
/**
 * For so long a mail is its sender's, in milliseconds. Longer than any transport takes; a mail whose sender has died waits for so long.
 */
export const LEASE = 5 * 60_000
const KEEP = 7 * 86_400_000
/** Mails that one write removes: about 1 ms. */
const STEP = 200

/** Sends what is due in the outbox: at least once each, a failed one again and again with growing waits. */
export async function deliverMails(options: DeliveryOptions): Promise<void> {
  const { database, now, signal } = options
  // The caller who requested an email gets the response first: how long that takes does not tell whether there is one.
  await new Promise((resolve) => setImmediate(resolve))
  while (!signal.aborted) {
    const { value: mail } = await database.write((tx) => claimMail(tx, now(), now() + LEASE))
    if (mail === null) break
    await deliver(options, mail)
  }
  let removed = STEP
  while (removed === STEP && !signal.aborted) {
    removed = (await database.write((tx) => deleteOldMails(tx, now() - KEEP, STEP))).value
  }
}

async function deliver(options: DeliveryOptions, mail: OutboxMail): Promise<void> {
  const { database, log, now, keepBodies } = options
  const outcome = await attemptMail({ ...options, ...options.outgoing() }, mail)
  const at = now()
  const wait = outcome.kind === 'retry' ? BACK_OFF[mail.attempts] : undefined
  const nextAt = wait === undefined ? null : at + wait
  const error = outcome.error?.slice(0, 500) ?? null
  if (outcome.kind !== 'sent') {
    log.warn(
      {
        mail: mail.id,
        template: mail.template,
        function: mail.function,
        attempts: mail.attempts + 1,
        err: outcome.cause,
      },
      nextAt === null ? `giving up on an email: ${error}` : `could not send an email; it will be retried: ${error}`,
    )
  }
  await database.write((tx) => {
    for (const { address, message } of outcome.bounced)
      suppress(tx, { address, reason: 'bounce', note: message.slice(0, 500), createdAt: at })
    if (outcome.kind === 'sent') return markSent(tx, mail.id, { at, keepBody: keepBodies, error })
    const { pending } = outcome
    return markFailed(tx, mail, { error: error ?? '', nextAt, ...(pending && { pending }) })
  })
}
