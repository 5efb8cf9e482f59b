import type { AuditEvent, Tx } from '@koyalite/contracts'
import { type AuditEntry, insertEntry, lastLink } from '../store/audit-log'
import { withoutSecrets } from '../without-secrets'

/**
 * Appends an event inside the write that did what it tells of: both are there, or neither. Each entry's hash covers the one before, so that
 * nothing can be changed, removed or put in between later without every hash after it being wrong.
 * @param now milliseconds since 1970
 */
export function recordEvent(tx: Tx, event: AuditEvent, now: number): void {
  const before = lastLink(tx)
  const entry: AuditEntry = {
    seq: before.seq + 1,
    at: new Date(now).toISOString(),
    event: event.event,
    outcome: event.outcome,
    actor: event.actor,
    impersonator: event.impersonator ?? null,
    target: event.target ?? null,
    ip: event.ip ?? null,
    request_id: event.requestId ?? null,
    details: event.details === undefined ? null : (withoutSecrets(event.details) as Readonly<Record<string, unknown>>),
  }
  const text = JSON.stringify(entry)
  insertEntry(tx, entry, text, entryHash(before.hash, text))
}

/** SHA-256 over the hash before and the text of an entry. */
export function entryHash(before: string, text: string): string {
  return new Bun.CryptoHasher('sha256').update(before).update('\n').update(text).digest('hex')
}
