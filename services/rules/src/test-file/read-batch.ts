import { readList, readOptions } from '@koyalite/schema'
import type { YamlEntry, YamlNode } from '@koyalite/yaml'
import { type CaseOptions, knownCollection, knownOperation, readData, readId, readWords } from './case-parts'
import { type BatchWrite, WRITE_OPERATIONS } from './test-file'

const KEYS = ['operation', 'collection', 'id', 'data']

/** The writes of a case's `batch`. */
export function readBatch(entry: YamlEntry, options: CaseOptions): readonly BatchWrite[] {
  const nodes = readList(entry, options.report) ?? []
  if (nodes.length === 0) options.report(entry.value.position, "'batch' must have at least one operation")
  const writes: BatchWrite[] = []
  for (const node of nodes) writes.push(...readWrite(node, { ...options, earlier: writes }))
  return writes
}

interface WriteOptions extends CaseOptions {
  readonly earlier: readonly BatchWrite[]
}

function readWrite(node: YamlNode, options: WriteOptions): readonly BatchWrite[] {
  const { report, schema, keys, earlier } = options
  const what = { what: 'an operation of a batch', keys: KEYS, synonyms: { op: 'operation' } }
  const read = readOptions(node, what, report)
  if (!read) return []
  const [operation] = readWords(read.get('operation'), (word, item) =>
    knownOperation(word, item, { choices: WRITE_OPERATIONS, report }),
  )
  const collection = knownCollection(read.get('collection'), schema, report)
  const needed = ['operation', 'collection', ...(operation === undefined ? [] : NEEDS[operation])]
  for (const key of needed)
    if (!read.has(key)) report(node.position, `${operation ?? 'an operation'} in a batch must have '${key}'`)
  if (operation === undefined || !collection) return []
  for (const key of ['id', 'data']) {
    const given = read.get(key)
    if (given && !NEEDS[operation].includes(key)) report(given.keyPosition, `'${key}' does not apply to ${operation}`)
  }
  const idEntry = read.get('id')
  const text = idEntry && String(keys.resolve(idEntry.value, report))
  const isNew = earlier.some(
    ({ collection: other, data }) => other === collection && String(data?.[other.primaryKey.name]) === text,
  )
  const id = isNew && text !== undefined ? text : readId(operation, collection, idEntry, options)
  return [{ operation, collection, id, data: readData(collection, read.get('data'), options) }]
}

const NEEDS: Readonly<Record<BatchWrite['operation'], readonly string[]>> = {
  create: ['data'],
  update: ['id', 'data'],
  replace: ['id', 'data'],
  delete: ['id'],
}
