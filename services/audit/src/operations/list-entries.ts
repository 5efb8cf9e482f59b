import { allowsAdmin, hasScope, SQL_AREA } from '@koyalite/access'
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
 * The text itself, not a copy of it, so that anybody can verify the hashes; but the log shows nobody what they may not read. A key without the right to
 * documents learns who did what to which, and not what is in them. SQL that somebody else has typed may name values of internal fields, so it is for those
 * who may write by SQL.
 */
function shownTo(actor: Actor, text: string): string {
  const isWithheld = actor.kind === 'service_key' ? WITHHELD_FROM_KEYS : WITHHELD
  if (!isWithheld.test(text)) return text
  const entry = JSON.parse(text) as AuditEntry
  const { event, details } = entry
  const shown = event.startsWith('sql.')
    ? withoutSql(actor, entry)
    : event.startsWith('document.')
      ? withoutDocuments(actor, entry)
      : details
  return shown === details ? text : JSON.stringify({ ...entry, details: shown })
}

/** Looked for in the text, since hardly any entry has to be parsed. */
const WITHHELD = /"event":"(?:sql\.|document\.exported)/
const WITHHELD_FROM_KEYS = /"event":"(?:sql|document)\./

type Details = AuditEntry['details']

function withoutSql(actor: Actor, { details, actor: by }: AuditEntry): Details {
  return mayReadSql(actor, by) ? details : { mode: details?.mode, withheld: true }
}

function withoutDocuments(actor: Actor, { details, actor: by, event }: AuditEntry): Details {
  const collection = String(details?.collection)
  if (actor.kind === 'service_key' && !hasScope(actor, 'data:read', collection)) return { collection, withheld: true }
  return event !== 'document.exported' || mayReadSql(actor, by) ? details : { ...details, query: null }
}

function mayReadSql(actor: Actor, by: AuditEntry['actor']): boolean {
  return allowsAdmin(actor, SQL_AREA, 'write') || ('id' in actor && by.kind === actor.kind && by.id === actor.id)
}
