import type { MailNews, MailReport, Tx } from '@koyalite/contracts'
import { addHistory } from '../store/history'
import { findMail } from '../store/operators'
import type { OutboxMail } from '../store/outbox'
import { storeFailure, storeOutcome } from '../store/outcomes'
import { suppress } from '../store/suppressions'
import { climbs, type Rung, rungOf } from './ladder'

const MAX_NOTE = 500

/**
 * Notes what the service that has carried a mail says of it. Nothing comes of what is said of a mail that is not there, or was said before; and a mail that
 * has come further stays there.
 * @returns what is new; null where nothing is
 */
export function takeReport(
  tx: Tx,
  report: MailReport,
  { now, keepBody }: { readonly now: number; readonly keepBody: boolean },
): MailNews | null {
  const mail = findMail(tx, report.mail)
  if (mail === null) return null
  const note = report.message?.slice(0, MAX_NOTE) ?? null
  const at = Math.min(report.at, now)
  if (!addHistory(tx, mail.id, { state: report.state, note, at, report: report.id })) return null
  const recipients = ownRecipients(mail, report.recipients)
  const reason = suppressionFor(report)
  if (reason !== null)
    for (const address of recipients) suppress(tx, { address, list: null, reason, note, createdAt: now })
  const { state } = report
  if (state === 'delayed' || !climbs(rungOf(mail), state)) return null
  store(tx, mail, { state, at, note, keepBody })
  return state === 'sent' ? null : newsOf(mail, { state, recipients, reason: note })
}

/** @param what.recipients absent: all of them */
export function newsOf(
  mail: OutboxMail,
  what: Pick<MailNews, 'state' | 'reason'> & Partial<Pick<MailNews, 'recipients'>>,
): MailNews {
  const { id, function: name, template, parts } = mail
  const about = { id, function: name, template: template === '' ? null : template, chain: parts?.chain ?? null }
  return { ...about, recipients: allRecipients(mail), ...what }
}

function allRecipients({ parts, to }: OutboxMail): readonly string[] {
  return parts === null ? [to] : [...parts.to, ...parts.cc, ...parts.bcc]
}

/** Whoever signs reports may still write anything: only those whom we have written to are meant. */
function ownRecipients(mail: OutboxMail, named: readonly string[]): readonly string[] {
  const known = new Set(allRecipients(mail).map((one) => one.toLowerCase()))
  return [...new Set(named.map((one) => one.toLowerCase()))].filter((one) => known.has(one))
}

/** A mailbox that is full today is there tomorrow. */
function suppressionFor({ state, isHard }: MailReport): 'bounce' | 'complaint' | null {
  if (state === 'complained') return 'complaint'
  return state === 'bounced' && isHard ? 'bounce' : null
}

interface Stored {
  readonly state: Exclude<Rung, 'queued'>
  readonly at: number
  readonly note: string | null
  readonly keepBody: boolean
}

function store(tx: Tx, mail: OutboxMail, { state, at, note, keepBody }: Stored): void {
  if (state === 'failed') storeFailure(tx, mail, note ?? 'the service that carries emails gave it up')
  else {
    const error = state === 'bounced' || state === 'complained' ? note : null
    storeOutcome(tx, mail, { outcome: state === 'sent' ? null : state, at, note: error, keepBody })
  }
}
