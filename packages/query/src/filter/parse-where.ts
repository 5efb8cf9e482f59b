import { AppError } from '@koyalite/contracts'
import type { Collection, JsonValue, Schema } from '@koyalite/schema'
import type { ReadAccess } from '../access/read-access'
import { ANONYMOUS_FACTS, type AuthFacts } from '../cel/memory/cel-environment'
import { compileWhere } from '../cel/sql/compile-where'
import { CelError } from '../cel/syntax/cel-error'
import type { CelCondition } from './condition'

/** What `where` may name besides the document: the values are those of one request. */
export interface WhereScope {
  /** The caller; null if anonymous. */
  readonly auth: AuthFacts | null
  /** The time of the request, `YYYY-MM-DDTHH:mm:ss.sssZ`. */
  readonly now: string
  /** For a statement that nothing can interrupt: going through lists is limited, instead of being fast. */
  readonly listsInMemory?: boolean
}

/** A CEL expression, and what `$1`, `$2` … in it stand for. */
export interface AskedWhere {
  readonly where: string | null
  readonly params: readonly JsonValue[] | null
}

/** The condition that a CEL expression states; null without one. Throws INVALID_FILTER, with the place in the expression, if it is not one. */
export function parseWhere(
  schema: Schema,
  collection: Collection,
  { where: source, params }: AskedWhere,
  access: ReadAccess,
  { auth, now, listsInMemory = false }: WhereScope,
): CelCondition | null {
  if (source === null) {
    if (params === null) return null
    throw new AppError('INVALID_REQUEST', "'params' has the values of a 'where': send both, or neither.")
  }
  // Only the time can be named.
  const request = { method: '', ip: '', time: Date.parse(now), body: null, headers: {} }
  const facts = { auth: auth ?? ANONYMOUS_FACTS, request }
  try {
    const compiled = compileWhere(source, { schema, collection, access, facts, params: params ?? [], listsInMemory })
    return { kind: 'cel', source, dependencies: compiled.dependencies, sql: (alias) => compiled.sql(alias) }
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    throw new AppError('INVALID_FILTER', `'where' at character ${error.start + 1}: ${error.message}.`, { cause: error })
  }
}
