import { AppError } from '@koyalite/contracts'
import type { Collection, Schema } from '@koyalite/schema'
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
}

/** The condition that a CEL expression states; throws INVALID_FILTER, with the place in the expression, if it is not one. */
export function parseWhere(
  schema: Schema,
  collection: Collection,
  source: string,
  access: ReadAccess,
  { auth, now }: WhereScope,
): CelCondition {
  // Only the time can be named.
  const request = { method: '', ip: '', time: Date.parse(now), body: null, headers: {} }
  const facts = { auth: auth ?? ANONYMOUS_FACTS, request }
  try {
    const compiled = compileWhere(source, { schema, collection, access, facts })
    return { kind: 'cel', source, dependencies: compiled.dependencies, sql: (alias) => compiled.sql(alias) }
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    throw new AppError('INVALID_FILTER', `'where' at character ${error.start + 1}: ${error.message}.`, { cause: error })
  }
}
