import { type Actor, AppError, type Sql, SYSTEM, type Sync, type Tx } from '@koyalite/contracts'
import type { CelDocument } from '@koyalite/query'
import { type Caller, type CallingRequest, callerOf, type DataContext, modelNamed } from './data-context'
import { createDocument } from './operations/create-document'
import { deleteDocument } from './operations/delete-document'
import { updateDocument } from './operations/update-document'
import type { Written } from './operations/write-step'
import { unstoredRow } from './store/document-statements'
import { resultOf } from './store/state-before'
import { storedDocument } from './store/stored-document'

/** A write that is made to be looked at, and taken back. */
export interface RehearsedWrite {
  readonly operation: 'create' | 'update' | 'delete'
  readonly collection: string
  /** The key as it stands in a path; null for a create. */
  readonly id: string | null
  readonly data: unknown
}

/** What a write was answered, or would be. */
export interface Answered {
  readonly status: number
  readonly code: string | null
  readonly message: string | null
}

/** The state before a write, as its rules see it, and what the write would make of its document. */
export interface Rehearsed {
  readonly tx: Tx
  /** The document that would be, as a row for FROM. */
  row(alias: string): Sql
  /** What it was before an update. */
  readonly old: CelDocument | undefined
}

export interface Rehearsal {
  /** What the server would answer `actor`. */
  attempt(write: RehearsedWrite, request: CallingRequest): Promise<Answered>
  /** Shows `look` what a create or update would make, whether the rules allow that or not. Throws what is wrong with the input. */
  resulting<T>(write: RehearsedWrite, request: CallingRequest, look: (rehearsed: Rehearsed) => Sync<T>): Promise<T>
}

/** Makes writes inside a savepoint that is always undone: nothing of them is stored, published or seen by others. */
export function createRehearsal(context: DataContext): Rehearsal {
  return {
    async attempt(write, request) {
      try {
        const caller = callerOf(context, request)
        return await takenBack(context, (tx) => {
          const { status } = step(context, caller, write)(tx)
          return { status, code: null, message: null }
        })
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        return { status: error.status, code: error.code, message: error.message }
      }
    },
    resulting: (write, request, look) => {
      const actor: Actor = SYSTEM
      const caller = callerOf(context, { ...request, actor })
      const model = modelNamed(context, write.collection)
      return takenBack(context, (tx) => {
        const old = write.id === null ? undefined : storedDocument(tx, model, model.parseKey(write.id))
        const target = { context, caller, model, input: null }
        const result = resultOf(tx, target, () => {
          const { document } = step(context, caller, write)(tx)
          const made = JSON.parse(document ?? '{}') as Readonly<Record<string, string | number>>
          return write.id === null ? (made[model.collection.primaryKey.name] ?? null) : model.parseKey(write.id)
        })
        if (result === null) throw new AppError('CONFLICT', 'the database refused the change')
        return look({ tx, row: (alias) => unstoredRow(model.collection, result.values, null, alias), old })
      })
    },
  }
}

function step(context: DataContext, caller: Caller, write: RehearsedWrite): (tx: Tx) => Written {
  const { operation, collection, data } = write
  const target = { collection, id: write.id ?? '', ifMatch: null }
  if (operation === 'create') return createDocument(context, caller, collection, data)
  if (operation === 'update') return updateDocument(context, caller, { ...target, data })
  return deleteDocument(context, caller, target)
}

/** Thrown to undo what was done. */
class TakenBack<T> extends Error {
  readonly value: T

  constructor(value: T) {
    super('taken back')
    this.value = value
  }
}

async function takenBack<T>({ database }: DataContext, run: (tx: Tx) => Sync<T>): Promise<T> {
  const thrown = await database
    .write((tx) => {
      throw new TakenBack(run(tx))
    })
    .catch((error: unknown) => error)
  if (thrown instanceof TakenBack) return thrown.value as T
  throw thrown
}
