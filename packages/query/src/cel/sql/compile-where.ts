import type { Sql } from '@koyalite/contracts'
import type { Collection, Field, JsonValue, Schema } from '@koyalite/schema'
import type { ReadAccess } from '../../access/read-access'
import type { CelScope } from '../check/cel-scope'
import { checkCondition } from '../check/check-cel'
import { type CelDependencies, dependenciesOf } from '../check/dependencies-of'
import type { CelFacts } from '../memory/cel-environment'
import { compileToSql } from './compile-sql'
import { findNobodies } from './sql-nobody'

/** What a `where` is about, and the actor. */
export interface WhereContext {
  readonly schema: Schema
  readonly collection: Collection
  /** Fields that may not be read do not exist; rows and fields that may not be read through references are null. */
  readonly access: ReadAccess
  readonly facts: CelFacts
  /** What `$1`, `$2` … stand for. */
  readonly params?: readonly JsonValue[]
  readonly listsInMemory?: boolean
}

/** A compiled `where`: the three-valued predicate over the row at an alias, of which only true counts. */
export interface CompiledWhere {
  readonly source: string
  sql(alias: string): Sql
  /** Parts of the source that SQL calls JavaScript for, row by row. */
  readonly residual: readonly string[]
  readonly dependencies: CelDependencies
}

/**
 * Compiles a `where`: CEL over `doc`, `auth` and `request.time`; collections cannot be named.
 * @throws CelError with the place in the source.
 */
export function compileWhere(source: string, context: WhereContext): CompiledWhere {
  const { listsInMemory = false } = context
  const checked = checkCondition(source, celScopeOf(context))
  const nobodies = findNobodies(checked.root, { aliases: { doc: 'doc' } }).of(context.facts)
  const compile = (alias: string) =>
    compileToSql(checked, { aliases: { doc: alias }, access: context.access, nobodies, listsInMemory })
  return {
    source,
    // Compiled once already, so that what is wrong with it is known here.
    residual: compile('doc').residual,
    dependencies: dependenciesOf(checked),
    sql: (alias) => compile(alias).sql(context.facts),
  }
}

function celScopeOf({ schema, collection, access, params = [] }: WhereContext): CelScope {
  return {
    schema,
    roots: {
      doc: { kind: 'row', collection },
      auth: { kind: 'auth' },
      request: { kind: 'request', parts: ['time'] },
    },
    collectionsAllowed: false,
    exactNumbers: true,
    params,
    fieldExists: (owner: Collection, field: Field) => !field.internal && access.field(owner, field).kind !== 'none',
  }
}
