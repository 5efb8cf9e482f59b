import type { BatchOperation, EarlierKey, Key } from '../operations/batch-operation'

/** The collections of the model: `items` may refer to `lists`, and `lists` to each other. */
export const BATCH_MODEL_SCHEMA = `
version: 1
collections:
  lists:
    fields:
      id: { type: int, primary: true, default: auto }
      name: { type: string, maxLength: 3, nullable: true, unique: true }
      parent_id: { type: int, nullable: true, references: lists.id }
      secret: { type: bool, default: false }
    rules: { read: "!doc.secret", create: "true", update: "true", delete: "true" }
  items:
    fields:
      id: { type: string, primary: true }
      list_id: { type: int, nullable: true, references: lists.id, onDelete: cascade }
      data: { type: json, nullable: true }
    rules: { read: "true", create: "true", update: "true", delete: "true" }
`

export type ModelDocument = Readonly<Record<string, unknown>>
export type ModelState = ReadonlyMap<string, ModelDocument>

/** What becomes of a batch: the state after it, the results' keys and the next generated one; or which operation fails, and how. */
export type ModelOutcome =
  | { readonly state: ModelState; readonly keys: readonly (Key | null)[]; readonly next: number }
  | { readonly status: number; readonly operation: number }

class Failed {
  readonly status: number

  constructor(status: number) {
    this.status = status
  }
}

type Collection = 'lists' | 'items'

const DEFAULTS: Readonly<Record<Collection, ModelDocument>> = {
  lists: { name: null, parent_id: null, secret: false },
  items: { list_id: null, data: null },
}
const REFERENCES: Readonly<Record<string, Collection>> = { parent_id: 'lists', list_id: 'lists' }

/**
 * What a batch is to do, in as few words as possible: the checks that need no document first, for every operation, then
 * one operation after the other on a copy of the state.
 * @param before documents by `collection/key`
 * @param next the key that the server generates next
 */
export function modelBatch(before: ModelState, operations: readonly BatchOperation[], next: number): ModelOutcome {
  const run = new ModelRun(before, operations, next)
  for (const stage of ['check', 'perform'] as const) {
    for (const [index, operation] of operations.entries()) {
      try {
        run[stage](operation, index)
      } catch (error) {
        if (!(error instanceof Failed)) throw error
        return { status: error.status, operation: index }
      }
    }
  }
  return { state: run.state, keys: run.keys, next: run.next }
}

class ModelRun {
  readonly state: Map<string, ModelDocument>
  readonly keys: (Key | null)[] = []
  next: number
  readonly #operations: readonly BatchOperation[]

  constructor(before: ModelState, operations: readonly BatchOperation[], next: number) {
    this.next = next
    this.state = new Map(before)
    this.#operations = operations
  }

  check(operation: BatchOperation, index: number): void {
    const collection = operation.collection as Collection
    if (isEarlier(operation.id)) this.#checkEarlier(operation.id, collection, index)
    for (const [name, value] of Object.entries(dataOf(operation))) {
      const target = REFERENCES[name]
      if (target !== undefined && isEarlier(value)) this.#checkEarlier(value, target, index)
      if (name === 'name' && typeof value === 'string' && value.length > 3 && operation.op !== 'assert')
        throw new Failed(422)
    }
  }

  #checkEarlier({ $result }: EarlierKey, target: Collection, index: number): void {
    const source = typeof $result === 'number' && $result < index ? this.#operations[$result] : undefined
    const hasDocument = source !== undefined && source.op !== 'delete' && source.op !== 'assert'
    if (!hasDocument || source.collection !== target) throw new Failed(422)
  }

  perform(operation: BatchOperation): void {
    const collection = operation.collection as Collection
    const data = Object.fromEntries(
      Object.entries(dataOf(operation)).map(([name, value]) => [name, name in REFERENCES ? this.#known(value) : value]),
    )
    const given = operation.id === undefined ? undefined : (this.#known(operation.id) as Key)
    const id = given ?? this.next
    const place = `${collection}/${id}`
    const stored = this.state.get(place)
    this.keys.push(operation.op === 'delete' || operation.op === 'assert' ? null : id)
    switch (operation.op) {
      case 'create':
        if (stored) throw new Failed(409)
        this.#store(collection, { ...DEFAULTS[collection], ...data, id })
        break
      case 'upsert':
        if (stored && isHidden(stored)) throw new Failed(404)
        this.#store(collection, { ...DEFAULTS[collection], ...data, id })
        break
      case 'update':
        if (!stored || isHidden(stored)) throw new Failed(404)
        this.#store(collection, { ...stored, ...data })
        break
      case 'delete':
        if (!stored || isHidden(stored)) throw new Failed(404)
        this.#delete(collection, place, id)
        break
      case 'assert': {
        const holds = Object.entries(data).every(([name, value]) => isEqual(stored?.[name], value))
        if (!stored || isHidden(stored) || !holds) throw new Failed(412)
      }
    }
  }

  #known(value: unknown): unknown {
    return isEarlier(value) ? this.keys[value.$result as number] : value
  }

  #store(collection: Collection, document: ModelDocument): void {
    const place = `${collection}/${document.id}`
    const isTaken = [...this.state].some(
      ([other, { name }]) => other !== place && typeof name === 'string' && name === document.name,
    )
    if (isTaken) throw new Failed(409)
    for (const [name, target] of Object.entries(REFERENCES)) {
      const key = document[name] ?? null
      const isOwn = `${target}/${key}` === place
      if (key !== null && !isOwn && !this.state.has(`${target}/${key}`)) throw new Failed(409)
    }
    this.state.set(place, document)
    if (collection === 'lists') this.next = Math.max(this.next, Number(document.id) + 1)
  }

  #delete(collection: Collection, place: string, id: Key): void {
    this.state.delete(place)
    if (collection !== 'lists') return
    for (const [other, { list_id, parent_id }] of [...this.state]) {
      if (parent_id === id) throw new Failed(409)
      if (list_id === id) this.state.delete(other)
    }
  }
}

function dataOf(operation: BatchOperation): Readonly<Record<string, unknown>> {
  return operation.op === 'delete' ? {} : ((operation.data ?? {}) as Readonly<Record<string, unknown>>)
}

function isHidden({ secret }: ModelDocument): boolean {
  return secret === true
}

function isEarlier(value: unknown): value is EarlierKey {
  return typeof value === 'object' && value !== null && '$result' in value
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
