import { type Actor, actorFrom } from '../../kit/actor'
import { isOperation, type Operation } from './operations'

type Given = Record<string, unknown>

export interface MatrixSearch {
  /** Only this column: `anonymous`, `user`, `owner`, `role:editor`, `asked`. */
  readonly role?: string | undefined
  /** Somebody in particular, in a column of their own. */
  readonly as?: Exclude<Actor, 'operator'> | undefined
  /** A part of the names of collections. */
  readonly q?: string | undefined
  /** The cell that is explained: `posts.read.anonymous`. */
  readonly cell?: string | undefined
}

export function matrixSearch(given: Given): MatrixSearch {
  const as = actorFrom(given.as)
  return {
    ...texts(given, ['role', 'q', 'cell']),
    ...(as !== undefined && { as }),
  }
}

/** A user who need not exist, as an address has one. */
export interface TypedUser {
  readonly id?: string | undefined
  readonly role?: string | undefined
  readonly verified?: boolean | undefined
  readonly claims?: Readonly<Record<string, unknown>> | undefined
}

export interface TesterSearch {
  readonly actor?: 'anonymous' | `user:${string}` | TypedUser | undefined
  readonly op?: Operation | undefined
  readonly collection?: string | undefined
  readonly key?: string | undefined
  /** A document that is not stored, as JSON; instead of `key`. */
  readonly document?: string | undefined
  /** What is sent, as JSON. */
  readonly changes?: string | undefined
}

export function testerSearch(given: Given): TesterSearch {
  const actor = actorFrom(given.actor) ?? typedUser(given.actor)
  const { op, key } = given
  return {
    ...texts(given, ['collection']),
    ...jsonTexts(given, ['document', 'changes']),
    ...(actor !== undefined && { actor }),
    ...(isOperation(op) && { op }),
    // A key that looks like a number is read as one.
    ...((typeof key === 'string' || typeof key === 'number') && { key: String(key) }),
  }
}

function typedUser(value: unknown): TypedUser | undefined {
  if (!isRecord(value)) return undefined
  const { id, role, verified, claims } = value
  return {
    ...(typeof id === 'string' && { id }),
    ...(typeof role === 'string' && { role }),
    ...(typeof verified === 'boolean' && { verified }),
    ...(isRecord(claims) && { claims }),
  }
}

export interface CollectionSearch {
  /** The operation or field whose rule is shown first. */
  readonly rule?: string | undefined
}

export function collectionSearch(given: Given): CollectionSearch {
  return texts(given, ['rule'])
}

function texts<Name extends string>(given: Given, names: readonly Name[]): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {}
  for (const name of names) {
    const value = given[name]
    if (typeof value === 'string' && value !== '') found[name] = value
    // The router reads `q=2024` as a number.
    else if (typeof value === 'number' || typeof value === 'boolean') found[name] = String(value)
  }
  return found
}

/** The router reads a text that is JSON as what it means. */
function jsonTexts<Name extends string>(given: Given, names: readonly Name[]): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {}
  for (const name of names) {
    const value = given[name]
    if (typeof value === 'string' && value !== '') found[name] = value
    else if (isRecord(value)) found[name] = JSON.stringify(value, null, 2)
  }
  return found
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
