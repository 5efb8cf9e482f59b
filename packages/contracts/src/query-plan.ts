import type { Sql } from './sql'

/** A line of what SQLite's EXPLAIN QUERY PLAN says about a statement. */
export interface PlanStep {
  /** `SEARCH d0 USING INDEX posts.status (status=?)` */
  readonly detail: string
  /** How deep it is nested: subqueries are below what they are part of. */
  readonly depth: number
}

/** Says how statements would run if tables had other indexes than they have. */
export interface Planner {
  /** The statements that make the indexes of the tables, as they are now. */
  readonly indexes: readonly string[]
  /** The plan of a statement where the tables have these indexes and, keys aside, no others. */
  plan(statement: Sql, indexes: readonly string[]): readonly PlanStep[]
}
