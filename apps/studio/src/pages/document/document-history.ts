import type { AdminClient, ListAuditEntriesResponse, ListChangesResponse } from '@koyalite/client/admin'
import type { DocumentRef } from '../../fields/documents'
import { documentsOf } from './document-changes'

/** Something that happened to a document. */
export interface DocumentEvent {
  readonly id: string
  readonly at: string
  readonly what: string
  readonly actor: string
  readonly details: Readonly<Record<string, unknown>>
  /** What an operator did, which may be undone; null: it is in the audit log only. */
  readonly action: { readonly id: string; readonly impossible: string | null } | null
}

/** The permission that the audit log takes, besides that of changes. */
interface HistoryOptions {
  readonly limit: number
  readonly mayReadAudit: boolean
}

/** What is known of a document's past, newest first: actions of operators, and what the audit log has where the collection is audited. */
export async function readHistory(
  admin: AdminClient,
  { collection, key }: DocumentRef,
  { limit, mayReadAudit }: HistoryOptions,
): Promise<readonly DocumentEvent[]> {
  const [changes, audit] = await Promise.all([
    admin.listChanges({ query: { collection, key, limit } }),
    mayReadAudit ? admin.listAuditEntries({ query: { collection, target: key, limit } }) : null,
  ])
  const events = [...changes.actions.map(ofAction), ...(audit?.entries ?? []).map(ofEntry)]
  return events.sort((one, other) => other.at.localeCompare(one.at))
}

/** Who changed it last, as far as that is known. */
export async function lastChange(admin: AdminClient, ref: DocumentRef): Promise<DocumentEvent | null> {
  const events = await readHistory(admin, ref, { limit: 1, mayReadAudit: false })
  return events[0] ?? null
}

function ofAction({
  id,
  at,
  operator,
  changes,
  undoes,
  undone_by,
  impossible,
}: ListChangesResponse['actions'][number]): DocumentEvent {
  const said = changes.flatMap(({ collection, inserted, updated, deleted }) =>
    [['Added', inserted] as const, ['Changed', updated] as const, ['Deleted', deleted] as const].flatMap(
      ([verb, count]) => (count === 0 ? [] : [`${verb} ${documentsOf(count, collection)}`]),
    ),
  )
  const what = said.join(' · ') || 'Changed nothing'
  return {
    id: `action ${id}`,
    at,
    what: undoes === null ? what : `Took back what was done before: ${what}`,
    actor: operator?.email ?? 'the server’s command line',
    details: {},
    action: { id, impossible: undone_by === null ? (impossible?.message ?? null) : 'It has been undone.' },
  }
}

function ofEntry({
  seq,
  at,
  event,
  actor,
  impersonator,
  details,
}: ListAuditEntriesResponse['entries'][number]): DocumentEvent {
  const name = actor.name ?? actor.id ?? actor.kind
  return {
    id: `audit ${seq}`,
    at,
    what: event,
    actor: impersonator === null ? name : `${name}, by ${impersonator.name ?? impersonator.kind}`,
    details: details ?? {},
    action: null,
  }
}
