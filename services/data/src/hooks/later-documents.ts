import type { LaterHookDocuments, SqlValue } from '@koyalite/contracts'
import type { AuditedSteps } from '../audit/audited-write'
import type { Caller } from '../caller'
import { type DataContext, modelNamed } from '../data-context'
import { createDocument } from '../operations/create-document'
import { deleteDocument } from '../operations/delete-document'
import { listDocuments } from '../operations/list-documents'
import { updateDocument } from '../operations/update-document'
import { writeDocuments } from '../operations/write-documents'
import { singleWrite, type WriteStep } from '../operations/write-outcome'
import { openDocument } from '../store/open-document'
import { keyOf, openDocuments, plain, present } from './documents-within'
import { hookCaller, requireDepth } from './hook-caller'
import { hookQuery } from './hook-query'
import { withReady } from './ready'

/** Documents for hooks outside of a transaction: each write is one of its own. */
export function laterDocuments(context: DataContext, writer: Caller): LaterHookDocuments {
  const { hooking, newUuid: _, ...byHook } = hookCaller(context, writer)
  // What a transaction keeps of its writes is not about these.
  const caller: Caller = { ...byHook, hooking: { depth: hooking?.depth ?? 0 } }
  const { database } = context
  const write = async <T>(collection: string, step: () => WriteStep, then: Then<T>): Promise<T> => {
    requireDepth(caller, collection)
    const { value } = await writeDocuments<Made<T>>(context, caller, {
      collection,
      prepare: () => followed(singleWrite(step()), then),
    })
    return value.made
  }
  return {
    async get(collection, id) {
      const model = modelNamed(context, caller, collection)
      const key = model.readKey(String(id))
      return key === undefined ? null : openDocument(database, model.collection, key)
    },
    async list(collection, list) {
      const query = hookQuery(context, caller, { collection, list })
      const { docs } = await listDocuments(context, caller, { query, asked: null })
      const model = modelNamed(context, caller, collection)
      return openDocuments(
        docs.map((document) => keyOf(model, document)),
        (key) => openDocument(database, model.collection, key),
      )
    },
    async count(collection, filter) {
      const list = filter === undefined ? { limit: 1 } : { limit: 1, filter }
      const query = hookQuery(context, caller, { collection, list, count: true })
      return (await listDocuments(context, caller, { query, asked: null })).total ?? 0
    },
    create(collection, data) {
      const model = modelNamed(context, caller, collection)
      return write(
        collection,
        () => createDocument(context, caller, { collection, data: plain(data) }),
        (tx, document) => present(openDocument(tx, model.collection, keyOf(model, document))),
      )
    },
    update(collection, id, data) {
      const model = modelNamed(context, caller, collection)
      const key: SqlValue = model.parseKey(String(id))
      return write(
        collection,
        () => updateDocument(context, caller, { collection, id: String(id), data: plain(data) }),
        (tx) => present(openDocument(tx, model.collection, key)),
      )
    },
    async delete(collection, id) {
      await write(
        collection,
        () => deleteDocument(context, caller, { collection, id: String(id) }),
        () => null,
      )
    },
  }
}

type Then<T> = (tx: Parameters<AuditedSteps<T>>[0], document: string | null) => T

/** In an object, so that it is nothing that could be awaited. */
interface Made<T> {
  readonly made: T
}

/** A write, and what is read of it before it is committed. */
function followed<T>(run: ReturnType<typeof singleWrite>, then: Then<T>): AuditedSteps<Made<T>> {
  const steps: AuditedSteps<Made<T>> = function* (tx) {
    const { document } = yield* run(tx)
    return { made: then(tx, document) }
  }
  return withReady(steps, run.ready)
}
