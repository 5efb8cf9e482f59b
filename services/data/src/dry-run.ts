import {
  AppError,
  type DryRun,
  type DryRunRequest,
  type DryWrite,
  type GivenDocument,
  type SqlValue,
  SYSTEM,
} from '@koyalite/contracts'
import type { CelDocument } from '@koyalite/query'
import type { AuditedTx } from './audit/audited-write'
import { type Caller, createCaller } from './caller'
import type { CollectionModel } from './collection-model'
import { type DataContext, modelNamed } from './data-context'
import { OUTCOME_STATUS } from './http/document-response'
import { createDocument } from './operations/create-document'
import { deleteDocument } from './operations/delete-document'
import { updateDocument } from './operations/update-document'
import type { WriteStep } from './operations/write-outcome'
import { rollbackAlways } from './rollback-always'
import { refusedByDatabase } from './store/checked-row'
import { unstoredRow } from './store/document-statements'
import { resultOf } from './store/state-before'
import { storedDocument } from './store/stored-document'

/** Runs writes in a transaction that is always rolled back: nothing of them is stored, published or seen by others. */
export function createDryRun(context: DataContext): DryRun<CelDocument> {
  return {
    async attempt(write, request) {
      try {
        const caller = tried(createCaller(context, request.actor, request))
        return await rollbackAlways(context, (tx) => {
          const { kind } = step(context, caller, withGiven(context, { tx, write, request }))(tx)
          return { status: OUTCOME_STATUS[kind], code: null, message: null }
        })
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        return { status: error.status, code: error.code, message: error.message }
      }
    },
    resulting: (write, request, look) => {
      const caller = unruled(context, request)
      const model = modelNamed(context, caller, write.collection)
      return rollbackAlways(context, (tx) => {
        const asked = withGiven(context, { tx, write, request })
        const old = asked.id === null ? undefined : storedDocument(tx, model, model.parseKey(asked.id))
        const target = { context, caller, model, input: null }
        const result = resultOf(tx, target, () => {
          const { document } = step(context, caller, asked)(tx)
          return asked.id === null ? keyOf(model, document) : model.parseKey(asked.id)
        })
        if (result === null) throw refusedByDatabase()
        return look({ tx, row: (alias) => unstoredRow(model.collection, result.values, null, alias), old })
      })
    },
    given: (given, request, look) =>
      rollbackAlways(context, (tx) => look(tx, storeGiven(context, { tx, given, request }))),
  }
}

/** Rules do not keep a document from being looked at, but what it has by default is the actor's. */
function unruled(context: DataContext, request: DryRunRequest): Caller {
  return tried({ ...createCaller(context, SYSTEM, request), actor: request.actor })
}

/** What prepares writes may do something outside: nothing of that is wanted. */
function tried(caller: Caller): Caller {
  return { ...caller, hooking: { isUnprepared: true } }
}

interface Preparing {
  readonly tx: AuditedTx
  readonly request: DryRunRequest
}

function withGiven(context: DataContext, { tx, write, request }: Preparing & { readonly write: DryWrite }): DryWrite {
  const { given, ...asked } = write
  if (given === undefined) return asked
  const key = storeGiven(context, { tx, given: { collection: write.collection, document: given }, request })
  return { ...asked, id: String(key) }
}

function storeGiven(
  context: DataContext,
  { tx, given, request }: Preparing & { readonly given: GivenDocument },
): SqlValue {
  const { collection, document: data } = given
  const caller = unruled(context, request)
  const { document } = createDocument(context, caller, { collection, data })(tx)
  return keyOf(modelNamed(context, caller, collection), document)
}

function keyOf({ collection }: CollectionModel, document: string | null): SqlValue {
  const made = JSON.parse(document ?? '{}') as Readonly<Record<string, string | number>>
  return made[collection.primaryKey.name] ?? null
}

function step(context: DataContext, caller: Caller, write: DryWrite): WriteStep {
  const { operation, collection, data } = write
  const id = write.id ?? ''
  if (operation === 'create') return createDocument(context, caller, { collection, data })
  if (operation === 'update') return updateDocument(context, caller, { collection, id, data })
  return deleteDocument(context, caller, { collection, id })
}
