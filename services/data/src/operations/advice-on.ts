import type { QueryAdvice } from '@koyalite/contracts'
import { adviseList, type ListQuery, SQL_FUNCTIONS } from '@koyalite/query'
import { isSqliteFailure, withPlanner } from '@koyalite/sqlite'
import type { Caller } from '../caller'
import type { DataContext } from '../data-context'

/** How a list that took long is read, and what would make it faster. */
export function adviceOn({ schema, database }: DataContext, { access }: Caller, query: ListQuery): QueryAdvice {
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
