import { AppError, type DryRun, type DryWrite, SYSTEM, type Sync } from '@koyalite/contracts'
import type { CelDocument } from '@koyalite/query'
import type { AuditedTx } from './audit/audited-write'
import { type Caller, createCaller } from './caller'
import { type DataContext, modelNamed } from './data-context'
import { OUTCOME_STATUS } from './http/document-response'
import { createDocument } from './operations/create-document'
import { deleteDocument } from './operations/delete-document'
import { updateDocument } from './operations/update-document'
import type { WriteStep } from './operations/write-outcome'
import { refusedByDatabase } from './store/checked-row'
import { unstoredRow } from './store/document-statements'
import { resultOf } from './store/state-before'
import { storedDocument } from './store/stored-document'

/** Runs writes in a transaction that is always rolled back: nothing of them is stored, published or seen by others. */
export function createDryRun(context: DataContext): DryRun<CelDocument> {
  return {
    async attempt(write, request) {
      try {
        const caller = createCaller(context, request.actor, request)
        return await rollbackAlways(context, (tx) => {
          const { kind } = step(context, caller, write)(tx)
          return { status: OUTCOME_STATUS[kind], code: null, message: null }
        })
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        return { status: error.status, code: error.code, message: error.message }
      }
    },
    resulting: (write, request, look) => {
      // Rules do not keep the document from being looked at, but what it has by default is the actor's.
      const caller = { ...createCaller(context, SYSTEM, request), actor: request.actor }
      const model = modelNamed(context, caller, write.collection)
      return rollbackAlways(context, (tx) => {
        const old = write.id === null ? undefined : storedDocument(tx, model, model.parseKey(write.id))
        const target = { context, caller, model, input: null }
        const result = resultOf(tx, target, () => {
          const { document } = step(context, caller, write)(tx)
          const made = JSON.parse(document ?? '{}') as Readonly<Record<string, string | number>>
          return write.id === null ? (made[model.collection.primaryKey.name] ?? null) : model.parseKey(write.id)
        })
        if (result === null) throw refusedByDatabase()
        return look({ tx, row: (alias) => unstoredRow(model.collection, result.values, null, alias), old })
      })
    },
  }
}

function step(context: DataContext, caller: Caller, write: DryWrite): WriteStep {
  const { operation, collection, data } = write
  const id = write.id ?? ''
  if (operation === 'create') return createDocument(context, caller, { collection, data })
  if (operation === 'update') return updateDocument(context, caller, { collection, id, data })
  return deleteDocument(context, caller, { collection, id })
}

/** Thrown to roll a transaction back. */
class RolledBack<T> extends Error {
  readonly value: T

  constructor(value: T) {
    super('rolled back')
    this.value = value
  }
}

async function rollbackAlways<T>({ database }: DataContext, run: (tx: AuditedTx) => Sync<T>): Promise<T> {
  const thrown = await database
    .write((tx) => {
      // Nothing of it remains that could be audited.
      throw new RolledBack(run(tx as AuditedTx))
    })
    .catch((error: unknown) => error)
  if (thrown instanceof RolledBack) return thrown.value as T
  throw thrown
}
