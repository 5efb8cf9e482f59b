import { type Actor, AppError } from '@koyalite/contracts'
import { ANONYMOUS_FACTS, accessOf, parseListQuery, READ_ALL, type RequestContext } from '@koyalite/query'
import type { Collection } from '@koyalite/schema'
import type { QueryRows } from '@koyalite/sqlite'
import type { RulesContext } from '../rules-context'
import { countVisible, hiddenKeys } from '../store/visible-rows'

/** What the read rule of a collection leaves of a list. The wire format of the admin API. */
export interface Visibility {
  /** Documents that match, whoever asks. */
  readonly total: number
  /** Those of them that the actor may read. */
  readonly visible: number
  readonly hidden: number
  /** Keys of the first hidden ones, to be explained. */
  readonly examples: readonly (string | number)[]
}

export interface AskedVisibility {
  readonly collection: Collection
  readonly actor: Actor
  readonly request: RequestContext
  /** Of a list: `filter`, `where`, `params`. */
  readonly params: URLSearchParams
}

const MAX_EXAMPLES = 3

/** Counts what rules hide of a list from an actor, in one pass. Throws INVALID_FILTER, INVALID_REQUEST, QUERY_TIMEOUT. */
export async function countHidden(
  { schema, database, queryTimeoutMs }: RulesContext,
  { collection, actor, request, params }: AskedVisibility,
): Promise<Visibility> {
  const access = accessOf(schema, actor, request)
  const now = new Date(request.time).toISOString()
  const query = parseListQuery(schema, collection, params, READ_ALL, { auth: ANONYMOUS_FACTS, now })
  const statements = [countVisible(query, access.read), hiddenKeys(query, access.read, MAX_EXAMPLES)]
  const [counted, keys] = (await database.readTogether(
    statements.map((statement) => access.bind(statement)),
    { timeoutMs: queryTimeoutMs },
  )) as [QueryRows, QueryRows]
  const [total, visible] = (counted.rows[0] ?? []).map(Number)
  if (total === undefined || visible === undefined) throw new AppError('INTERNAL', 'Counting returned no row.')
  const examples = keys.rows.flatMap(([key]) => (typeof key === 'string' || typeof key === 'number' ? [key] : []))
  return { total, visible, hidden: total - visible, examples }
}
