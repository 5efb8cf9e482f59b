import type { HookDocuments, HookOperation, HookValues, SqlValue, Tx } from '@koyalite/contracts'
import type { AuditedTx } from '../audit/audited-write'
import type { Caller } from '../caller'
import type { CollectionModel } from '../collection-model'
import { type DataContext, modelNamed } from '../data-context'
import { compiledList } from '../operations/compiled-list'
import { compiledPage } from '../operations/compiled-page'
import { createDocument } from '../operations/create-document'
import { deleteDocument } from '../operations/delete-document'
import { updateDocument } from '../operations/update-document'
import type { WriteStep } from '../operations/write-outcome'
import { openDocument } from '../store/open-document'
import { hookCaller, requireDepth } from './hook-caller'
import { hookQuery } from './hook-query'

/** Runs a hook with the documents as its write sees them; they can be used until it returns. */
export function documentsWithin<T>(
  tx: Tx,
  context: DataContext,
  writer: Caller,
  run: (documents: HookDocuments) => T,
): T {
  const caller = unprepared(hookCaller(context, writer))
  let isOver = false
  const requireRunning = () => {
    if (isOver) throw new Error('a hook has used `ctx.db` of a `before…` function after that had returned')
  }
  const write = (operation: HookOperation, collection: string, step: (caller: Caller) => WriteStep) => {
    requireRunning()
    requireDepth(caller, collection)
    caller.hooking?.wrote?.(collection, operation)
    // The write that runs the hook is audited, with all that comes of it.
    return tx.attempt(() => step(caller)(tx as AuditedTx))
  }
  const documents: HookDocuments = {
    get(collection, id) {
      requireRunning()
      const model = modelNamed(context, caller, collection)
      const key = model.readKey(String(id))
      return key === undefined ? null : openDocument(tx, model.collection, key)
    },
    list(collection, list) {
      requireRunning()
      const query = hookQuery(context, caller, { collection, list })
      const { keys } = compiledPage(context, caller, query).run(tx)
      return openDocuments(keys, (key) => openDocument(tx, query.collection, key))
    },
    count(collection, filter) {
      requireRunning()
      const list = filter === undefined ? {} : { filter }
      const query = hookQuery(context, caller, { collection, list, count: true })
      const { total } = compiledList(context.schema, caller.access.read, query)
      return total === null ? 0 : Number(tx.get(caller.access.bind(total))?.[0])
    },
    create(collection, data) {
      const { document } = write('create', collection, (by) =>
        createDocument(context, by, { collection, data: plain(data) }),
      )
      const model = modelNamed(context, caller, collection)
      return present(openDocument(tx, model.collection, keyOf(model, document)))
    },
    update(collection, id, data) {
      write('update', collection, (by) =>
        updateDocument(context, by, { collection, id: String(id), data: plain(data) }),
      )
      const model = modelNamed(context, caller, collection)
      return present(openDocument(tx, model.collection, model.parseKey(String(id))))
    },
    delete(collection, id) {
      write('delete', collection, (by) => deleteDocument(context, by, { collection, id: String(id) }))
    },
  }
  try {
    return run(documents)
  } finally {
    isOver = true
  }
}

/** Writes in a transaction wait for nothing: what prepares them does not run. */
function unprepared(caller: Caller): Caller {
  return { ...caller, hooking: { ...caller.hooking, isUnprepared: true } }
}

/** Without what is not JSON, and as parsed bodies are. */
export function plain(data: HookValues): HookValues {
  return Object.assign(Object.create(null), JSON.parse(JSON.stringify(data)))
}

export function keyOf({ collection }: CollectionModel, document: string | null): SqlValue {
  const made = JSON.parse(document ?? '{}') as Readonly<Record<string, string | number>>
  return made[collection.primaryKey.name] ?? null
}

export function openDocuments(
  keys: readonly SqlValue[],
  read: (key: SqlValue) => HookValues | null,
): readonly HookValues[] {
  return keys.map(read).filter((document) => document !== null)
}

/** A hook of the write itself may have deleted it. */
export function present(document: HookValues | null): HookValues {
  if (document === null) throw new Error('a document that a hook has written was deleted by another hook')
  return document
}
