/** Documents by key, as a serial execution has them. */
export type ModelState = ReadonlyMap<string, ModelDocument>

export interface ModelDocument {
  readonly id: string
  readonly group: string
  readonly n: number
  /** No two documents have the same. */
  readonly slot: number | null
}

export type ModelOperation =
  | { readonly op: 'get' | 'delete'; readonly id: string }
  | { readonly op: 'list'; readonly group: string }
  | { readonly op: 'create' | 'put' | 'patch'; readonly id: string; readonly data: Partial<ModelDocument> }
  | { readonly op: 'increment'; readonly id: string; readonly by: number }

/** What an operation is answered with: a document, documents, nothing, or the code of an error. */
export type ModelAnswer = unknown

export const MODEL_SCHEMA = `
version: 1
collections:
  items:
    fields:
      id: { type: string, primary: true }
      group: { type: string, default: a, index: true }
      n: { type: int, default: 0 }
      slot: { type: int, unique: true, nullable: true }
    rules: { create: "true", read: "true", update: "true", delete: "true" }
`

/** Runs an operation alone, in one state. */
export function runOperation(state: ModelState, asked: ModelOperation): readonly [ModelAnswer, ModelState] {
  if (asked.op === 'list') {
    const found = [...state.values()].filter(({ group }) => group === asked.group)
    return [found.toSorted((one, other) => (one.id < other.id ? -1 : 1)), state]
  }
  const known = state.get(asked.id)
  switch (asked.op) {
    case 'get':
      return [known ?? 'NOT_FOUND', state]
    case 'delete':
      return known === undefined ? ['NOT_FOUND', state] : [null, without(state, asked.id)]
    case 'create':
      return known === undefined ? stored(state, { ...EMPTY, id: asked.id, ...asked.data }) : ['CONFLICT', state]
    case 'put':
      return stored(state, { ...EMPTY, id: asked.id, ...asked.data })
    case 'patch':
      return known === undefined ? ['NOT_FOUND', state] : stored(state, { ...known, ...asked.data })
    case 'increment':
      return known === undefined ? ['NOT_FOUND', state] : stored(state, { ...known, n: known.n + asked.by })
  }
}

const EMPTY = { group: 'a', n: 0, slot: null }

function stored(state: ModelState, document: ModelDocument): readonly [ModelAnswer, ModelState] {
  const isTaken = [...state.values()].some(
    ({ id, slot }) => id !== document.id && slot !== null && slot === document.slot,
  )
  return isTaken ? ['CONFLICT', state] : [document, new Map(state).set(document.id, document)]
}

function without(state: ModelState, id: string): ModelState {
  const left = new Map(state)
  left.delete(id)
  return left
}
