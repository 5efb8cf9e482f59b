import { adviseList, type ExplainedCall, explainListSql, parseListQuery, SQL_FUNCTIONS } from '@koyalite/query'
import { withPlanner } from '@koyalite/sqlite'
import type { ExplainContext } from '../rules-context'
import type { ExplanationSql } from './explanation'

/**
 * How a list is read for a caller, and what would make it faster; null where they may read nothing.
 * @param params as lists have them. Throws INVALID_FILTER, INVALID_SORT, INVALID_REQUEST
 */
export function explainList(
  { schema, database }: ExplainContext,
  call: ExplainedCall,
  params: URLSearchParams,
): ExplanationSql | null {
  const { access, collection, request } = call
  const now = new Date(request.time).toISOString()
  const query = parseListQuery(schema, collection, params, access.read, { auth: access.auth, now })
  if (access.read.rows(collection).kind === 'none') return null
  const advice = adviseList(
    { schema, query, access: access.read, bind: (sql) => access.bind(sql, call.input) },
    { planFor: (tables, use) => withPlanner(database, { tables, functions: SQL_FUNCTIONS }, use), wasSlow: false },
  )
  const { reads, plan, words, indexes, after, obstacles } = advice
  return {
    ...explainListSql(schema, call, query),
    plan: plan.map(({ detail, depth }) => '  '.repeat(depth) + detail),
    uses_index: reads !== 'everything' && plan.some(({ detail }) => detail.startsWith('SEARCH')),
    reads,
    words,
    indexes,
    after,
    obstacles,
  }
}
