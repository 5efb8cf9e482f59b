import type { Sql } from '@koyalite/contracts'
import type { Row } from '@koyalite/sqlite'

/** Where rows can be read: the database, or a write that sees what it has done so far. */
export interface Reads {
  get(sql: Sql): Row | undefined
  all(sql: Sql): Row[]
}
