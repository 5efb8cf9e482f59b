import type { Actor } from '@koyalite/contracts'
import {
  type Collection,
  describe,
  didYouMean,
  type Options,
  readChoice,
  readList,
  readOptions,
  readText,
  type Schema,
} from '@koyalite/schema'
import type { Report, YamlEntry, YamlNode } from '@koyalite/yaml'
import type { NamedKeys } from './named-keys'
import type { Actors } from './read-actors'
import { CASE_OPERATIONS, type CaseOperation, type JsonObject, type RuleCase } from './test-file'

const KEYS = [
  'name',
  'actor',
  'operation',
  'collection',
  'id',
  'data',
  'expect',
  'visible',
  'absent',
  'finds',
  'status',
]
const KEY_SYNONYMS = {
  as: 'actor',
  who: 'actor',
  op: 'operation',
  can: 'operation',
  doc: 'data',
  document: 'id',
  on: 'collection',
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

export interface CaseOptions {
  readonly schema: Schema
  readonly actors: Actors
  readonly keys: NamedKeys
  readonly report: Report
}

/** The cases of a test file. One with several actors or operations stands for one of each. */
export function readCases(entry: YamlEntry | undefined, options: CaseOptions): readonly RuleCase[] {
  return (readList(entry, options.report) ?? []).flatMap((node) => readCase(node, options))
}

function readCase(node: YamlNode, options: CaseOptions): readonly RuleCase[] {
  const { report, schema } = options
  const read = readOptions(node, { what: 'a case', keys: KEYS, synonyms: KEY_SYNONYMS }, report)
  if (!read) return []
  for (const key of ['actor', 'operation', 'collection', 'expect'])
    if (!read.has(key)) report(node.position, `a case must have '${key}'`)
  const actors = readWords(read.get('actor'), (word, item) => knownActor(word, item, options))
  const operations = readWords(read.get('operation'), (word, item) => knownOperation(word, item, report))
  const collection = knownCollection(read.get('collection'), schema, report)
  const expect = readChoice(read.get('expect'), ['allowed', 'denied'], report)
  const status = readStatus(read.get('status'), report)
  if (!collection || !expect) return []
  const shared = {
    collection,
    data: readData(collection, read.get('data'), options),
    expect,
    visible: readFields(collection, read.get('visible'), report),
    absent: readFields(collection, read.get('absent'), report),
    status,
    ...node.position,
  }
  // A read without a key is a list.
  const effective = operations.map((operation) => (operation === 'read' && !read.has('id') ? 'list' : operation))
  checkParts(effective, read, node, report)
  const name = readText(read.get('name'), report)
  return actors.flatMap((actor) =>
    effective.map((operation): RuleCase => {
      const id = readId(operation, collection, read.get('id'), options)
      const finds = operation === 'list' ? readFinds(collection, read.get('finds'), options) : null
      const what = `${actor.name} ${expect === 'allowed' ? 'may' : 'may not'} ${operation} ${collection.name}${id === null ? '' : `/${idText(read.get('id'), id)}`}`
      const several = actors.length * operations.length > 1
      const title = name === undefined ? what : several ? `${name}: ${what}` : name
      return { ...shared, title, actor: actor.actor, operation, id, finds }
    }),
  )
}

function idText(entry: YamlEntry | undefined, id: string): string {
  return entry?.value.kind === 'scalar' ? entry.value.source : id
}

/** One word, or a list of them. */
function readWords<T>(
  entry: YamlEntry | undefined,
  read: (word: string, node: YamlNode) => T | undefined,
): readonly T[] {
  if (!entry) return []
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value]
  return nodes.flatMap((node) => read(node.kind === 'scalar' ? node.source : '', node) ?? [])
}

function knownActor(
  word: string,
  node: YamlNode,
  { actors, report }: CaseOptions,
): { name: string; actor: Actor } | undefined {
  const actor = actors.get(word)
  if (actor) return { name: word, actor }
  report(
    node.position,
    `there is no actor ${describe(node)}${didYouMean(word, actors.keys()) || `; known are ${[...actors.keys()].join(', ')}`}`,
  )
  return undefined
}

function knownOperation(word: string, node: YamlNode, report: Report): CaseOperation | undefined {
  const operation = CASE_OPERATIONS.find((candidate) => candidate === word)
  if (operation) return operation
  report(
    node.position,
    `unknown operation ${describe(node)}${didYouMean(word, CASE_OPERATIONS, OPERATION_SYNONYMS) || `; known are ${CASE_OPERATIONS.join(', ')}`}`,
  )
  return undefined
}

function knownCollection(entry: YamlEntry | undefined, schema: Schema, report: Report): Collection | undefined {
  const name = readText(entry, report)
  if (name === undefined || !entry) return undefined
  const collection = schema.collections.get(name)
  if (!collection)
    report(entry.value.position, `there is no collection '${name}'${didYouMean(name, schema.collections.keys())}`)
  return collection
}

const USES: Readonly<Record<CaseOperation, readonly string[]>> = {
  read: ['id', 'visible', 'absent'],
  list: ['finds', 'visible', 'absent'],
  create: ['data', 'visible', 'absent'],
  update: ['id', 'data', 'visible', 'absent'],
  replace: ['id', 'data', 'visible', 'absent'],
  delete: ['id'],
}

/** Reports what an operation needs and does not have, and what none of the operations has a use for. */
function checkParts(operations: readonly CaseOperation[], read: Options, node: YamlNode, report: Report): void {
  for (const operation of operations) {
    const needed = USES[operation].filter((key) => key === 'id' || key === 'data')
    for (const key of needed) {
      if (!read.has(key)) report(node.position, `a case of ${operation} must have '${key}'`)
    }
  }
  const used = new Set(operations.flatMap((operation) => USES[operation]))
  for (const key of ['id', 'data', 'finds', 'visible', 'absent']) {
    const entry = read.get(key)
    if (entry && operations.length > 0 && !used.has(key)) {
      report(entry.keyPosition, `'${key}' does not apply to ${operations.join(' and ')}`)
    }
  }
}

function readId(
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

function readData(
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

function readFields(collection: Collection, entry: YamlEntry | undefined, report: Report): readonly string[] {
  return readWords(entry, (word, node) => {
    if (collection.fields.has(word)) return word
    report(
      node.position,
      `${collection.name} has no field ${describe(node)}${didYouMean(word, collection.fields.keys())}`,
    )
    return undefined
  })
}

function readFinds(
  collection: Collection,
  entry: YamlEntry | undefined,
  { keys, report }: CaseOptions,
): readonly string[] | null {
  if (!entry) return null
  return (readList(entry, report) ?? []).map((node) => {
    const text = String(keys.resolve(node, report))
    const key = keys.find(collection.name, text)
    if (key === undefined)
      report(
        node.position,
        `there is no document ${describe(node)} in ${collection.name}${didYouMean(text, keys.names(collection.name))}`,
      )
    return String(key ?? text)
  })
}

function readStatus(entry: YamlEntry | undefined, report: Report): number | null {
  if (!entry) return null
  const value = entry.value.kind === 'scalar' ? entry.value.value : null
  if (typeof value === 'number' && Number.isInteger(value) && value >= 200 && value < 600) return value
  report(entry.value.position, `'status' must be an HTTP status code, not ${describe(entry.value)}`)
  return null
}
