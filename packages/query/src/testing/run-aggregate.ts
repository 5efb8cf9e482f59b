import type { JsonValue } from '@koyalite/schema'
import { READ_ALL, type ReadAccess } from '../access/read-access'
import { compileAggregate, readGroups } from '../aggregate/compile-aggregate'
import { parseAggregateQuery } from '../aggregate/parse-aggregate'
import type { WhereScope } from '../filter/parse-where'
import type { DeferredSql } from '../sql/deferred-sql'
import { type Fixture, SCOPE } from './open-fixture'

export type Group = Readonly<Record<string, JsonValue>>

export interface AggregateAs {
  readonly access: ReadAccess
  readonly scope: WhereScope
  bind(sql: DeferredSql): DeferredSql
}

const EVERYTHING: AggregateAs = { access: READ_ALL, scope: SCOPE, bind: (sql) => sql }

/** The groups that a request for an aggregate is answered with. */
export function runAggregate(
  db: Fixture,
  collection: string,
  params: string | URLSearchParams | Record<string, string>,
  as: AggregateAs = EVERYTHING,
): readonly Group[] {
  const search = new URLSearchParams(params)
  const query = parseAggregateQuery(db.schema, db.collection(collection), search, as.access, as.scope)
  const rows = db.all(as.bind(compileAggregate(query, as.access)))
  return readGroups(rows, query.limit).map((text) => JSON.parse(text))
}
