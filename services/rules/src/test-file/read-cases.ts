import type { Actor } from '@koyalite/contracts'
import {
  type Collection,
  describe,
  didYouMean,
  type Options,
  type Position,
  readChoice,
  readList,
  readOptions,
  readText,
} from '@koyalite/schema'
import type { Report, YamlEntry, YamlNode } from '@koyalite/yaml'
import { type CaseOptions, knownCollection, knownOperation, readData, readId, readWords } from './case-parts'
import { readBatch } from './read-batch'
import { CASE_OPERATIONS, type CaseOperation, type RuleCase } from './test-file'

/** Keys of cases with one operation; a batch has its own in each of its operations. */
const OPERATION_KEYS = ['operation', 'collection', 'id', 'data', 'visible', 'absent', 'finds']
const KEYS = ['name', 'actor', ...OPERATION_KEYS, 'batch', 'expect', 'status']
const KEY_SYNONYMS = {
  as: 'actor',
  who: 'actor',
  op: 'operation',
  can: 'operation',
  doc: 'data',
  document: 'id',
  on: 'collection',
}
/** The cases of a test file. One with several actors or operations stands for one of each. */
export function readCases(entry: YamlEntry | undefined, options: CaseOptions): readonly RuleCase[] {
  return (readList(entry, options.report) ?? []).flatMap((node) => readCase(node, options))
}

function readCase(node: YamlNode, options: CaseOptions): readonly RuleCase[] {
  const { report } = options
  const read = readOptions(node, { what: 'a case', keys: KEYS, synonyms: KEY_SYNONYMS }, report)
  if (!read) return []
  for (const key of ['actor', ...(read.has('batch') ? [] : ['operation', 'collection']), 'expect'])
    if (!read.has(key)) report(node.position, `a case must have '${key}'`)
  const shared = {
    callers: readWords(read.get('actor'), (word, item) => knownActor(word, item, options)),
    name: readText(read.get('name'), report),
    expect: readChoice(read.get('expect'), ['allowed', 'denied'], report) ?? 'denied',
    status: readStatus(read.get('status'), report),
    position: node.position,
  }
  const batch = read.get('batch')
  return batch
    ? batchCases(batch, read, { ...options, ...shared })
    : documentCases(node, read, { ...options, ...shared })
}

interface SharedParts extends CaseOptions {
  readonly callers: readonly { readonly name: string; readonly actor: Actor }[]
  readonly name: string | undefined
  readonly expect: RuleCase['expect']
  readonly status: number | null
  readonly position: Position
}

function batchCases(entry: YamlEntry, read: Options, options: SharedParts): readonly RuleCase[] {
  const { callers, name, expect, status, position, report } = options
  for (const key of OPERATION_KEYS) {
    const given = read.get(key)
    if (given) report(given.keyPosition, `'${key}' does not apply to a batch: its operations have their own`)
  }
  const writes = readBatch(entry, options)
  const what = writes.map(({ operation, collection }) => `${operation} ${collection.name}`).join(' and ')
  return callers.map((actor) => {
    const title = titleOf(name, `${actor.name} ${mayOrNot(expect)} ${what}`, callers.length > 1)
    return { operation: 'batch', writes, title, actor: actor.actor, expect, status, ...position }
  })
}

function documentCases(node: YamlNode, read: Options, options: SharedParts): readonly RuleCase[] {
  const { callers, name, expect, status, position, report, schema } = options
  const operations = readWords(read.get('operation'), (word, item) =>
    knownOperation(word, item, { choices: CASE_OPERATIONS, report }),
  )
  const collection = knownCollection(read.get('collection'), schema, report)
  if (!collection) return []
  const shared = {
    collection,
    data: readData(collection, read.get('data'), options),
    expect,
    visible: readFields(collection, read.get('visible'), report),
    absent: readFields(collection, read.get('absent'), report),
    status,
    ...position,
  }
  // A read without a key is a list.
  const effective = operations.map((operation) => (operation === 'read' && !read.has('id') ? 'list' : operation))
  checkParts(effective, read, node, report)
  return callers.flatMap((actor) =>
    effective.map((operation): RuleCase => {
      const id = readId(operation, collection, read.get('id'), options)
      const finds = operation === 'list' ? readFinds(collection, read.get('finds'), options) : null
      const what = `${actor.name} ${mayOrNot(expect)} ${operation} ${collection.name}${id === null ? '' : `/${idText(read.get('id'), id)}`}`
      const title = titleOf(name, what, callers.length * operations.length > 1)
      return { ...shared, title, actor: actor.actor, operation, id, finds }
    }),
  )
}

function mayOrNot(expect: RuleCase['expect']): string {
  return expect === 'allowed' ? 'may' : 'may not'
}

/** @param what the case in words. @param several whether other cases have the same name */
function titleOf(name: string | undefined, what: string, several: boolean): string {
  if (name === undefined) return what
  return several ? `${name}: ${what}` : name
}

function idText(entry: YamlEntry | undefined, id: string): string {
  return entry?.value.kind === 'scalar' ? entry.value.source : id
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
