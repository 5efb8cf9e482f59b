import { AppError } from '@koyalite/contracts'
import type { Collection, JsonValue, Schema } from '@koyalite/schema'
import type { Condition } from './condition'
import type { ReadAccess } from './read-access'

/** What `where` may name besides the document: the values are those of one request. */
export interface WhereScope {
  /** The actor as rules see it; null for an anonymous one. */
  readonly auth: JsonValue
  /** The time of the request, `YYYY-MM-DDTHH:mm:ss.sssZ`. */
  readonly now: string
}

/** The condition that a CEL expression states; throws INVALID_FILTER where it is not one. */
export function parseWhere(
  _schema: Schema,
  _collection: Collection,
  _source: string,
  _access: ReadAccess,
  _scope: WhereScope,
): Condition {
  throw new AppError('INVALID_FILTER', `'where' cannot be evaluated.`)
}
