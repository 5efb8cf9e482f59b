import type { Actor } from '@koyalite/contracts'
import { type Collection, describe, didYouMean, type JsonValue, readMap, type Schema, USERS } from '@koyalite/schema'
import { type Report, toJson, type YamlEntry, type YamlNode } from '@koyalite/yaml'
import { type NamedKeys, uuidFor } from './named-keys'
import type { Actors } from './read-actors'
import type { FixtureDocument } from './test-file'

/** Where the documents come from, and who is known besides them. */
export interface FixtureOptions {
  readonly schema: Schema
  readonly actors: Actors
  readonly keys: NamedKeys
  readonly report: Report
}

interface NamedNode {
  readonly collection: Collection
  readonly key: JsonValue
  readonly node: YamlNode
}

/**
 * The documents of a test file: by collection a list of documents, or a map of names and documents, where the name stands for the key. Every
 * actor who is a user has a document in `users`; one of the same name or key adds to it.
 */
export function readDocuments(entry: YamlEntry | undefined, options: FixtureOptions): readonly FixtureDocument[] {
  const { schema, actors, keys, report } = options
  for (const [name, actor] of actors) if (actor.kind === 'user') keys.addActor(name, actor.id)
  const named: NamedNode[] = []
  for (const collectionEntry of (entry && readMap(entry.value, "'documents'", report))?.entries ?? []) {
    const collection = collectionOf(collectionEntry, schema, report)
    if (collection) named.push(...nodesOf(collection, collectionEntry, options))
  }
  // All names are known before the first `$name` is replaced: documents may refer to later ones.
  const documents = named.map(({ collection, key, node }): FixtureDocument => {
    const given = keys.resolve(node, report)
    return { collection, data: { [collection.primaryKey.name]: key, ...(given as object) }, ...node.position }
  })
  return inOrder(schema, withActors(documents, options))
}

function collectionOf({ key, keyPosition }: YamlEntry, schema: Schema, report: Report): Collection | undefined {
  const collection = schema.collections.get(key)
  if (!collection) report(keyPosition, `there is no collection '${key}'${didYouMean(key, schema.collections.keys())}`)
  return collection
}

function nodesOf(collection: Collection, { value }: YamlEntry, options: FixtureOptions): readonly NamedNode[] {
  const { actors, keys, report } = options
  if (value.kind === 'scalar') {
    if (value.value !== null)
      report(
        value.position,
        `the documents of ${collection.name} must be a list, or a map of names and documents, not ${describe(value)}`,
      )
    return []
  }
  const items =
    value.kind === 'list'
      ? value.items.map((node) => ({ name: null, node }))
      : value.entries.map(({ key, value }) => ({ name: key, node: value }))
  return items.flatMap(({ name, node }, index): NamedNode[] => {
    if (node.kind !== 'map') {
      report(node.position, `a document must be a map of fields and values, not ${describe(node)}`)
      return []
    }
    checkFields(collection, node, report)
    const actor = name === null ? undefined : actors.get(name)
    const key = keyOf(collection, node, { name, index, actor })
    keys.add(collection.name, name ?? String(key), key)
    return [{ collection, key, node }]
  })
}

function checkFields(collection: Collection, node: YamlNode & { readonly kind: 'map' }, report: Report): void {
  for (const { key, keyPosition } of node.entries) {
    if (collection.fields.has(key)) continue
    report(keyPosition, `${collection.name} has no field '${key}'${didYouMean(key, collection.fields.keys())}`)
  }
}

/** What is given, or made of the document's name. */
function keyOf(
  { name: collection, primaryKey }: Collection,
  node: YamlNode & { readonly kind: 'map' },
  { name, index, actor }: { readonly name: string | null; readonly index: number; readonly actor: Actor | undefined },
): JsonValue {
  const given = node.entries.find(({ key }) => key === primaryKey.name)
  if (given) return toJson(given.value)
  if (collection === USERS && actor?.kind === 'user') return actor.id
  if (primaryKey.type === 'int') return index + 1
  const text = name ?? String(index + 1)
  return primaryKey.type === 'uuid' ? uuidFor(`${collection}.${text}`) : text
}

function withActors(
  documents: readonly FixtureDocument[],
  { schema, actors }: FixtureOptions,
): readonly FixtureDocument[] {
  const users = schema.collections.get(USERS) as Collection
  const all = new Map(documents.map((document) => [document, document]))
  const people = [...actors].flatMap(([, actor]): FixtureDocument[] => {
    if (actor.kind !== 'user') return []
    const { id, email, role, verified, metadata, claims } = actor
    const own = documents.find(({ collection, data }) => collection === users && data.id === id)
    const data = { id, email, role, verified, metadata: metadata as JsonValue, claims: claims as JsonValue }
    if (own) all.delete(own)
    return [{ collection: users, line: own?.line ?? 1, column: own?.column ?? 1, data: { ...data, ...own?.data } }]
  })
  return [...people, ...all.values()]
}

/** A collection after those that it refers to. */
function inOrder(schema: Schema, documents: readonly FixtureDocument[]): readonly FixtureDocument[] {
  const order = new Set<Collection>()
  const visit = (collection: Collection, open: ReadonlySet<Collection>): void => {
    if (order.has(collection) || open.has(collection)) return
    for (const { references } of collection.fields.values()) {
      const target = references && schema.collections.get(references.collection)
      if (target) visit(target, new Set([...open, collection]))
    }
    order.add(collection)
  }
  for (const collection of schema.collections.values()) visit(collection, new Set())
  return [...order].flatMap((collection) => documents.filter((document) => document.collection === collection))
}
