import type { Idempotency, WriteResult } from '@koyalite/contracts'
import { recordedSteps } from '../actions/record-action'
import { type AuditedSteps, auditedSteps } from '../audit/audited-write'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'
import { hasHooks } from '../hooks/hooks-of'
import { untilPrepared } from '../hooks/preparation'
import type { ReadyFirst } from '../hooks/ready'
import { callerKey, selectResponse } from '../store/idempotency'
import { writeOnce } from './idempotent-write'

export interface DocumentWrite<T> {
  /** The collection of its documents; null where they may be of several. */
  readonly collection: string | null
  /** With it a repeated write returns its first result, or throws its first error. The result must be JSON. */
  readonly idempotency?: Idempotency | null
  /** Checks the input and returns what runs inside the writer. */
  readonly prepare: () => AuditedSteps<T> & ReadyFirst
}

export interface Written<T> extends WriteResult<T> {
  /** The id of the action as which the write was stored, where an operator made it: by it it can be undone. */
  readonly action?: string
}

/**
 * The one way to the writer: every write of documents, whatever the transport, is audited, (with a key) idempotent, and
 * (of an operator) an action here. Resolves when the write is on disk. Throws what `prepare` and its steps throw.
 */
export async function writeDocuments<T>(
  context: DataContext,
  caller: Caller,
  { collection, idempotency = null, prepare }: DocumentWrite<T>,
): Promise<Written<T>> {
  if (idempotency !== null) {
    const once = hasHooks(context) ? await readyOnce(context, caller, { idempotency, prepare }) : prepare
    const write = () => writeChecked(context, caller, { collection, idempotency, prepare: once })
    return once === prepare ? write() : untilPrepared(write)
  }
  const run = prepare()
  const write = () => writeChecked(context, caller, { collection, idempotency, prepare: () => run })
  if (run.ready === undefined) return write()
  await run.ready()
  return untilPrepared(write)
}

async function writeChecked<T>(
  context: DataContext,
  caller: Caller,
  { collection, idempotency, prepare }: Required<DocumentWrite<T>>,
): Promise<Written<T>> {
  const steps = () => auditedSteps(context, caller, { collection, run: prepare() })
  const { action: origin } = caller
  if (origin === undefined) {
    if (idempotency !== null) return writeOnce(context.database, caller, { idempotency, steps })
    return context.database.writeInSteps(steps())
  }
  let action: string | undefined
  const recorded = () =>
    recordedSteps(
      context,
      { origin, at: caller.time },
      {
        steps: steps(),
        stored(id) {
          action = id ?? undefined
        },
      },
    )
  if (idempotency !== null)
    return writeOnce(context.database, caller, { idempotency, steps: recorded, action: () => action })
  const written = await context.database.writeInSteps(recorded())
  return action === undefined ? written : { ...written, action }
}

/**
 * Waits for what a write has to wait for, unless it is a repeated one, for which nothing runs again. What it throws is the result of
 * the write: it is stored like that.
 */
async function readyOnce<T>(
  { database }: DataContext,
  caller: Caller,
  { idempotency, prepare }: { readonly idempotency: Idempotency; readonly prepare: DocumentWrite<T>['prepare'] },
): Promise<DocumentWrite<T>['prepare']> {
  if (selectResponse(database, callerKey(caller.actor), idempotency.key, caller.time) !== null) return prepare
  try {
    const checked = prepare()
    await checked.ready?.()
    return () => checked
  } catch (error) {
    return () => {
      throw error
    }
  }
}
