import type { MailNews, MailTransport, Tx } from '@koyalite/contracts'
import type { Log, SecretBox } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import type { MailCounts } from '../outcomes/mail-counts'
import { newsOf } from '../outcomes/take-report'
import { addHistory } from '../store/history'
import { claimMail, deleteOldMails, markFailed, markSent, type OutboxMail } from '../store/outbox'
import { suppress } from '../store/suppressions'
import { type AttemptResult, attemptMail } from './attempt-mail'

/** How mails leave. */
export interface Outgoing {
  readonly transport: MailTransport
  readonly from: string
  /** For how long the other server knows a mail again, in milliseconds; null: it never does. */
  readonly retryFor: number | null
  /** At least so many milliseconds are between two mails. */
  readonly interval: number
  /** Until then nothing is sent: milliseconds since 1970. */
  pausedUntil: number
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
  readonly counts: Pick<MailCounts, 'add'>
  readonly onNews: (tx: Tx, news: MailNews) => void
  /** Stops between two mails. */
  readonly signal: AbortSignal
}

/** Waits between attempts: 22 hours in all. */
const BACK_OFF = [5_000, 30_000, 120_000, 600_000, 3_600_000, 4 * 3_600_000, 8 * 3_600_000, 9 * 3_600_000]
/**
 * For so long a mail is its sender's, in milliseconds. Longer than any transport takes; a mail whose sender has died waits for so long.
 */
export const LEASE = 5 * 60_000
/** A quota of a day is one that is not there for hours: it is asked again meanwhile. */
const LONGEST_PAUSE = 600_000
const KEEP = 7 * 86_400_000
/** Mails that one write removes: about 1 ms. */
const STEP = 200

/** Sends what is due in the outbox: at least once each, a failed one again and again with growing waits. */
export async function deliverMails(options: DeliveryOptions): Promise<void> {
  const { database, now, signal } = options
  // The caller who requested an email gets the response first: how long that takes does not tell whether there is one.
  await new Promise((resolve) => setImmediate(resolve))
  while (!signal.aborted && now() >= options.outgoing().pausedUntil) {
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
  const { database, now, keepBodies, counts, onNews } = options
  const outgoing = options.outgoing()
  const result = await attemptMail({ ...options, ...outgoing }, mail)
  const at = now()
  const nextAt = nextAttempt(result, mail, at)
  outgoing.pausedUntil = Math.max(outgoing.pausedUntil, at + outgoing.interval)
  if (result.kind === 'deferred' && nextAt !== null) outgoing.pausedUntil = nextAt
  const error = result.error?.slice(0, 500) ?? null
  if (result.kind !== 'sent') report(options.log, mail, { result, nextAt, error })
  await database.write((tx) => {
    for (const { address, message } of result.bounced)
      suppress(tx, { address, list: null, reason: 'bounce', note: message.slice(0, 500), createdAt: at })
    if (result.kind === 'sent') {
      markSent(tx, mail.id, { at, keepBody: keepBodies, error })
      addHistory(tx, mail.id, { state: 'sent', note: error, at })
      counts.add(tx, 'sent')
      return
    }
    const { pending, kind } = result
    const isDeferred = kind === 'deferred'
    const failure = { error: error ?? '', nextAt, isDeferred, ...(pending && { pending }) }
    if (!markFailed(tx, mail, failure) || isDeferred) return
    addHistory(tx, mail.id, { state: nextAt === null ? 'failed' : 'queued', note: error, at })
    if (nextAt === null) onNews(tx, newsOf(mail, { state: 'failed', reason: error }))
  })
}

/** Null: it is given up. */
function nextAttempt({ kind, retryAfter = 0 }: AttemptResult, { attempts }: OutboxMail, at: number): number | null {
  if (kind === 'deferred') return at + Math.min(Math.max(retryAfter, 1_000), LONGEST_PAUSE)
  const wait = kind === 'retry' ? BACK_OFF[attempts] : undefined
  return wait === undefined ? null : at + wait
}

interface Reported {
  readonly result: AttemptResult
  readonly nextAt: number | null
  readonly error: string | null
}

function report(log: Log, mail: OutboxMail, { result, nextAt, error }: Reported): void {
  const { id, template, attempts } = mail
  log.warn(
    { mail: id, template, function: mail.function, attempts: attempts + 1, err: result.cause },
    nextAt === null ? `giving up on an email: ${error}` : `could not send an email; it will be retried: ${error}`,
  )
}
