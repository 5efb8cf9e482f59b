import { type AuditedCaller, type DocumentWrite, documentWrite, type Tx, type WriteSteps } from '@koyalite/contracts'
import type { JsonValue } from '@koyalite/schema'
import { type DataContext, modelOf } from '../data-context'
import { hasHooks } from '../hooks/hooks-of'
import {
  type LoggedChange,
  type LoggedDocument,
  loggedChanges,
  loggedDocument,
  presentDocument,
} from '../store/logged-document'
import { auditedValue } from './audited-value'

declare const IS_AUDITED: unique symbol

/**
 * A transaction whose changes of audited documents are recorded, and noted where its caller has a note. Operations take no other, and only the functions
 * below create one (and a dry run, of which nothing remains to be audited).
 */
export type AuditedTx = Tx & { readonly [IS_AUDITED]: true }

/** A write function in steps: see WriteSteps. */
export type AuditedSteps<T> = (tx: AuditedTx) => ReturnType<WriteSteps<T>>

interface AuditedWrite<Run> {
  /** The collection of its documents; null where they may be of several. */
  readonly collection: string | null
  readonly run: Run
}

/** The same write, which also records what it changes of audited documents, directly or through `onDelete`. */
export function auditedWrite<T>(
  context: DataContext,
  caller: AuditedCaller,
  { collection, run }: AuditedWrite<(tx: AuditedTx) => T>,
): (tx: Tx) => T {
  if (!isFollowed(context, caller, collection)) return run as (tx: Tx) => T
  return (tx) => {
    const since = tx.lastSeq()
    const value = run(tx as AuditedTx)
    follow(context, caller, { tx, since, collection })
    return value
  }
}

/** The same for a write in steps. */
export function auditedSteps<T>(
  context: DataContext,
  caller: AuditedCaller,
  { collection, run }: AuditedWrite<AuditedSteps<T>>,
): WriteSteps<T> {
  if (!isFollowed(context, caller, collection)) return run as WriteSteps<T>
  return function* (tx) {
    const since = tx.lastSeq()
    const value = yield* run(tx as AuditedTx)
    follow(context, caller, { tx, since, collection })
    return value
  }
}

function isFollowed(context: DataContext, { note }: AuditedCaller, collection: string | null): boolean {
  return note !== undefined || mayBeAudited(context, collection)
}

interface Done {
  readonly tx: Tx
  readonly since: number
  readonly collection: string | null
}

function follow(context: DataContext, caller: AuditedCaller, { tx, since, collection }: Done): void {
  if (caller.note !== undefined) context.noteChanges(tx, since, caller.note)
  if (mayBeAudited(context, collection)) recordWrites(context, caller, tx, since)
}

function mayBeAudited(context: DataContext, collection: string | null): boolean {
  const { names, changedBy } = context.audited
  if (names.size === 0) return false
  return collection === null || changedBy.has(collection) || hasHooks(context)
}

function recordWrites(context: DataContext, caller: AuditedCaller, tx: Tx, since: number): void {
  for (const write of writesOf(context, tx, loggedChanges(tx, since, context.audited.names)))
    context.audit.record(tx, documentWrite(caller, write))
}

/** What the changes did to each document, in order. */
function writesOf(context: DataContext, tx: Tx, changes: readonly LoggedChange[]): readonly DocumentWrite[] {
  // The state after a change is the state before the next change of the same document, or the current one.
  const next = new Map<string, LoggedDocument | null>()
  const newestFirst = changes.toReversed().map((change): DocumentWrite => {
    const { collection, docId, op, old } = change
    const model = modelOf(context, collection)
    const name = `${collection} ${docId}`
    const after = op === 'delete' ? null : (next.get(name) ?? presentDocument(tx, model, docId))
    const before = old === null ? null : loggedDocument(model, old, after)
    next.set(name, before)
    return {
      how: HOW[op],
      collection,
      key: docId,
      ...(op === 'update' ? difference(before, after) : { before: auditedValues(before), after: auditedValues(after) }),
    }
  })
  return newestFirst.toReversed()
}

const HOW = { insert: 'created', update: 'updated', delete: 'deleted' } as const

type States = Pick<DocumentWrite, 'before' | 'after'>

function difference(before: LoggedDocument | null, after: LoggedDocument | null): States {
  const differs = (name: string) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name])
  return { before: auditedValues(before, differs), after: auditedValues(after, differs) }
}

function auditedValues(
  document: LoggedDocument | null,
  isWanted: (name: string) => boolean = () => true,
): Readonly<Record<string, JsonValue>> | null {
  if (document === null) return null
  const wanted = Object.entries(document).filter(([name]) => isWanted(name))
  return Object.fromEntries(wanted.map(([name, value]) => [name, auditedValue(value)]))
}
