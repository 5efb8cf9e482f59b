import type { QueryAdvice } from '@koyalite/contracts'
import {
  type Access,
  type AggregateQuery,
  adviseList,
  isAggregate,
  type ListQuery,
  SQL_FUNCTIONS,
} from '@koyalite/query'
import { isSqliteFailure, withPlanner } from '@koyalite/sqlite'
import type { DataContext } from '../data-context'

const OF_AGGREGATES: QueryAdvice = {
  plan: ['All documents that match are read and grouped.'],
  indexes: [],
  obstacles: ['An index on the fields of filter, then of group and values, lets it read less.'],
}

/** How what took long is read, and what would make it faster. */
export function adviceOn(
  { schema, database }: DataContext,
  access: Access,
  query: ListQuery | AggregateQuery,
): QueryAdvice {
  if (isAggregate(query)) return OF_AGGREGATES
  try {
    const { words, indexes, obstacles } = adviseList(
      { schema, query, access: access.read, bind: (sql) => access.bind(sql) },
      {
        planFor: (tables, use) => withPlanner(database, { tables, functions: SQL_FUNCTIONS }, use),
        wasSlow: true,
      },
    )
    return { plan: words, indexes, obstacles }
  } catch (error) {
    // A table of another program, made in a way that only that program can repeat: there is no advice, and no harm done.
    if (!isSqliteFailure(error)) throw error
    return { plan: [], indexes: [], obstacles: [] }
  }
}
