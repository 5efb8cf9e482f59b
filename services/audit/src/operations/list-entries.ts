import { hasScope } from '@koyalite/access'
import type { Actor } from '@koyalite/contracts'
import type { AuditContext } from '../audit-context'
import { type AuditEntry, type AuditFilter, findEntries } from '../store/audit-log'

/** Entries of the log, newest first, each as JSON text with its hash. @throws AppError QUERY_TIMEOUT */
export async function listEntries(
  context: AuditContext,
  actor: Actor,
  { filter, limit }: { readonly filter: AuditFilter; readonly limit: number },
): Promise<readonly { readonly seq: number; readonly text: string }[]> {
  const found = await findEntries(context.database, filter, limit)
  return found.map(({ seq, entry, hash }) => ({
    seq,
    text: `${shownTo(actor, entry).slice(0, -1)},"hash":"${hash}"}`,
  }))
}

/**
 * The text itself, not a copy of it, so that anybody can verify the hashes; but the log shows nobody documents that they may not
 * read: a key without that right learns who did what to which, and not what is in them.
 */
function shownTo(actor: Actor, text: string): string {
  if (actor.kind !== 'service_key' || !text.includes('"event":"document.')) return text
  const entry = JSON.parse(text) as AuditEntry
  const collection = String(entry.details?.collection)
  if (!entry.event.startsWith('document.') || hasScope(actor, 'data:read', collection)) return text
  return JSON.stringify({ ...entry, details: { collection, withheld: true } })
}
