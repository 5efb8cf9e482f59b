import { AppError, type SqlValue, type Tx } from '@koyalite/contracts'
import type { CollectionModel } from '../collection-model'
import { type DataContext, modelOf } from '../data-context'
import { deleteDocument as deleteStored } from '../store/delete-document'
import { openDocument } from '../store/open-document'
import { referringKeys } from '../store/referring-documents'
import type { Target } from '../store/target'
import { cascadesOf } from './cascades'
import type { WriteHooks } from './hook-source'
import { hooksOf } from './hooks-of'

/** Documents that one deletion takes along, at most, where they have hooks. */
const MAX_CASCADED = 1000

/** Deletes a document, and runs its hooks and those of all that goes with it; false if there is none. */
export function deleteDocument(tx: Tx, target: Target, key: SqlValue): boolean {
  const { context, model } = target
  if (!runsHooks(context, model.collection.name)) return deleteStored(tx, target, key)
  if (openDocument(tx, model.collection, key) === null) return false
  const gone = runBefore(tx, target, key)
  if (!deleteStored(tx, target, key)) return false
  for (const { hooks, old, model } of gone)
    if (hooks.has('after', 'delete')) hooks.after(tx, { ...target, model }, 'delete', { doc: null, old })
  return true
}

/** Whether a deletion in a collection runs any hooks, of documents that go with it too. */
function runsHooks(context: DataContext, collection: string): boolean {
  if (hooksOf(context, collection, ['delete']) !== null) return true
  return cascadesOf(context.schema)
    .reach(collection)
    .some((name) => hooksOf(context, name, ['delete']) !== null)
}

interface Going {
  readonly model: CollectionModel
  readonly key: SqlValue
}

interface Gone extends Going {
  readonly hooks: WriteHooks
  readonly old: ReturnType<typeof openDocument>
}

/** Runs `before…` of all that will go; what they write may make more go, or less. Returns those that do go. */
function runBefore(tx: Tx, target: Target, key: SqlValue): readonly Gone[] {
  const { context, caller } = target
  const gone = new Map<string, Gone>()
  for (;;) {
    const going = goingWith(tx, context, { model: target.model, key })
    const next = going.filter((one) => !gone.has(nameOf(one)))
    if (next.length === 0) {
      const still = new Set(going.map(nameOf))
      return [...gone].flatMap(([name, one]) => (still.has(name) ? [one] : []))
    }
    for (const one of next) {
      const { model } = one
      const hooks = hooksOf(context, model.collection.name, ['delete'])
      const old = openDocument(tx, model.collection, one.key)
      if (hooks === null || old === null) continue
      if (gone.size > MAX_CASCADED) throw tooMany(target)
      gone.set(nameOf(one), { ...one, hooks, old })
      if (!hooks.has('before', 'delete')) continue
      hooks.before(tx, { context, caller, model }, 'delete', { data: null, old: structuredClone(old) })
    }
  }
}

function nameOf({ model, key }: Going): string {
  return `${typeof key} ${key} ${model.collection.name}`
}

/** A document, and those with hooks that go with it. Throws TOO_MANY_DOCUMENTS. */
function goingWith(tx: Tx, context: DataContext, first: Going): readonly Going[] {
  const { from, reach } = cascadesOf(context.schema)
  const matters = (name: string) => [name, ...reach(name)].some((one) => hooksOf(context, one, ['delete']) !== null)
  const found = new Map([[nameOf(first), first]])
  // Iterating over a map includes what is added meanwhile.
  for (const { model, key } of found.values())
    for (const cascade of from(model.collection.name)) {
      if (!matters(cascade.source.name)) continue
      const limit = MAX_CASCADED + 2
      const source = modelOf(context, cascade.source.name)
      for (const referring of referringKeys(tx, cascade, { target: model.collection, key, limit })) {
        found.set(nameOf({ model: source, key: referring }), { model: source, key: referring })
        if (found.size > MAX_CASCADED + 1) throw tooMany({ model: first.model })
      }
    }
  return [...found.values()].filter(({ model }) => hooksOf(context, model.collection.name, ['delete']) !== null)
}

function tooMany({ model }: Pick<Target, 'model'>): AppError {
  const message = `More than ${MAX_CASCADED} documents with hooks would go with this document of '${model.collection.name}': delete them in steps first.`
  return new AppError('TOO_MANY_DOCUMENTS', message)
}
