import type { QueryAdvice } from '@koyalite/contracts'
import {
  type Access,
  type AdviceOptions,
  type AggregateQuery,
  adviseAggregate,
  adviseList,
  type DeferredSql,
  isAggregate,
  type ListQuery,
  SQL_FUNCTIONS,
} from '@koyalite/query'
import { isSqliteFailure, withPlanner } from '@koyalite/sqlite'
import type { DataContext } from '../data-context'

/** How what took long is read, and what would make it faster. */
export function adviceOn(
  { schema, database }: DataContext,
  access: Access,
  query: ListQuery | AggregateQuery,
): QueryAdvice {
  const planFor: AdviceOptions['planFor'] = (tables, use) =>
    withPlanner(database, { tables, functions: SQL_FUNCTIONS }, use)
  const asked = { schema, access: access.read, bind: (sql: DeferredSql) => access.bind(sql) }
  try {
    if (isAggregate(query)) return adviseAggregate({ ...asked, query }, { planFor })
    const advice = adviseList({ ...asked, query }, { planFor, wasSlow: true })
    const { words, indexes, obstacles, after, statement } = advice
    return { plan: words, indexes, obstacles, after, sql: statement.text }
  } catch (error) {
    // A table of another program, made in a way that only that program can repeat: there is no advice, and no harm done.
    if (!isSqliteFailure(error)) throw error
    return { plan: [], indexes: [], obstacles: [] }
  }
}
