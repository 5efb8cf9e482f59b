import { type Collection, describe, didYouMean, readText, type Schema } from '@koyalite/schema'
import type { Report, YamlEntry, YamlNode } from '@koyalite/yaml'
import type { NamedKeys } from './named-keys'
import type { Actors } from './read-actors'
import type { CaseOperation, JsonObject } from './test-file'

export interface CaseOptions {
  readonly schema: Schema
  readonly actors: Actors
  readonly keys: NamedKeys
  readonly report: Report
}

const OPERATION_SYNONYMS: Readonly<Record<string, string>> = {
  get: 'read',
  view: 'read',
  insert: 'create',
  patch: 'update',
  put: 'replace',
  upsert: 'replace',
  remove: 'delete',
}

/** One word, or a list of them. */
export function readWords<T>(
  entry: YamlEntry | undefined,
  read: (word: string, node: YamlNode) => T | undefined,
): readonly T[] {
  if (!entry) return []
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value]
  return nodes.flatMap((node) => read(node.kind === 'scalar' ? node.source : '', node) ?? [])
}

export function knownOperation<T extends CaseOperation>(
  word: string,
  node: YamlNode,
  { choices, report }: { readonly choices: readonly T[]; readonly report: Report },
): T | undefined {
  const operation = choices.find((candidate) => candidate === word)
  if (operation) return operation
  report(
    node.position,
    `unknown operation ${describe(node)}${didYouMean(word, choices, OPERATION_SYNONYMS) || `; known are ${choices.join(', ')}`}`,
  )
  return undefined
}

export function knownCollection(entry: YamlEntry | undefined, schema: Schema, report: Report): Collection | undefined {
  const name = readText(entry, report)
  if (name === undefined || !entry) return undefined
  const collection = schema.collections.get(name)
  if (!collection)
    report(entry.value.position, `there is no collection '${name}'${didYouMean(name, schema.collections.keys())}`)
  return collection
}

export function readId(
  operation: CaseOperation,
  collection: Collection,
  entry: YamlEntry | undefined,
  options: CaseOptions,
): string | null {
  if (!entry || operation === 'create' || operation === 'list') return null
  const text = String(options.keys.resolve(entry.value, options.report))
  const found = options.keys.find(collection.name, text)
  if (found !== undefined) return String(found)
  // A document that is not there is denied to everybody: such a case would prove nothing.
  const isActor = [...options.actors.values()].some((actor) => actor.kind === 'user' && actor.id === text)
  if (operation !== 'replace' && !isActor) {
    const names = options.keys.names(collection.name)
    options.report(
      entry.value.position,
      `there is no document ${describe(entry.value)} in ${collection.name}${didYouMean(text, names)}: put it under 'documents'`,
    )
  }
  return text
}

export function readData(
  collection: Collection,
  entry: YamlEntry | undefined,
  { keys, report }: CaseOptions,
): JsonObject | null {
  if (!entry) return null
  if (entry.value.kind !== 'map') {
    report(entry.value.position, `'data' must be a map of fields and values, not ${describe(entry.value)}`)
    return null
  }
  for (const { key, keyPosition } of entry.value.entries) {
    if (!collection.fields.has(key))
      report(keyPosition, `${collection.name} has no field '${key}'${didYouMean(key, collection.fields.keys())}`)
  }
  return keys.resolve(entry.value, report) as JsonObject
}
