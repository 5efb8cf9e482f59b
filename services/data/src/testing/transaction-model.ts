/** What a serial execution has. */
export interface ModelState {
  /** By key. */
  readonly documents: ReadonlyMap<string, ModelDocument>
  /** Who has claimed what. */
  readonly claims: ReadonlyMap<string, string>
}

export interface ModelDocument {
  readonly id: string
  readonly group: string
  readonly n: number
  /** No two documents have the same. */
  readonly slot: number | null
}

export type ModelOperation =
  | DocumentOperation
  /** Operations of another service. */
  | { readonly op: 'claim'; readonly id: string }
  | { readonly op: 'complete'; readonly id: string }
  /** A write of what these have written. */
  | { readonly op: 'release'; readonly id: string }

type DocumentOperation =
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
  claims:
    fields:
      id: { type: string, primary: true }
      holder: { type: string }
    rules: { create: "true", read: "true", delete: "true" }
`

/** Runs an operation alone, in one state. @param answer what it was answered with: ids are made elsewhere */
export function runOperation(
  { documents, claims }: ModelState,
  asked: ModelOperation,
  answer: ModelAnswer,
): readonly [ModelAnswer, ModelState] {
  if (asked.op === 'claim') {
    const known = claims.get(asked.id)
    if (known !== undefined)
      return [
        { holder: known, created: false },
        { documents, claims },
      ]
    const { holder } = answer as { readonly holder: string }
    return [
      { holder, created: true },
      { documents, claims: new Map(claims).set(asked.id, holder) },
    ]
  }
  if (asked.op === 'complete' || asked.op === 'release') {
    const missing = asked.op === 'complete' ? 'LEASE_LOST' : 'NOT_FOUND'
    return [claims.has(asked.id) ? null : missing, { documents, claims: without(claims, asked.id) }]
  }
  const [expected, next] = runOnDocuments(documents, asked)
  return [expected, { documents: next, claims }]
}

type Documents = ModelState['documents']

function runOnDocuments(state: Documents, asked: DocumentOperation): readonly [ModelAnswer, Documents] {
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

function stored(state: Documents, document: ModelDocument): readonly [ModelAnswer, Documents] {
  const isTaken = [...state.values()].some(
    ({ id, slot }) => id !== document.id && slot !== null && slot === document.slot,
  )
  return isTaken ? ['CONFLICT', state] : [document, new Map(state).set(document.id, document)]
}

function without<T>(state: ReadonlyMap<string, T>, id: string): ReadonlyMap<string, T> {
  const left = new Map(state)
  left.delete(id)
  return left
}
