import type { CheckedCel } from '../cel/check/check-cel'
import { type CelDependencies, dependenciesOf } from '../cel/check/dependencies-of'
import { compileStaticDecision, isStaticByRequest, type StaticDecision } from '../cel/check/static-decision'
import type { CelFacts } from '../cel/memory/cel-environment'
import { type CompiledSql, compileToSql } from '../cel/sql/compile-sql'
import { findNobodies, type Nobodies } from '../cel/sql/sql-nobody'
import { CelError } from '../cel/syntax/cel-error'
import type { DeferredSql } from '../sql/deferred-sql'
import { type RuleWarning, warningsOf } from './rule-warnings'

/** Whether a row is as it was before a write, or as the write makes it. */
export type RowState = 'stored' | 'resulting'

/** A rule of the schema, in the forms in which it is enforced. */
export interface Rule {
  /** Tells one rule from another in keys of caches. */
  readonly id: number
  readonly checked: CheckedCel
  readonly dependencies: CelDependencies
  /** The collections whose stored documents it reads besides the row: those that it names, and those of references. */
  readonly readsCollections: ReadonlySet<string>
  /** Its result before any document is read. */
  decide(facts: CelFacts): StaticDecision
  /** Which identities of a caller are nobody in the rule: its SQL is made per set of them. */
  nobodies(facts: CelFacts, row: RowState): Nobodies
  /** Whether the static decision, or which identities are nobody, may differ between requests of one caller. */
  readonly byRequest: boolean
  /**
   * A predicate over the row at `alias`; its parameters wait for the caller (see `bindDeferred`). Where the rule names `old`: of a
   * stored row that is the row itself, of a resulting one it is given as a document when the parameters are bound.
   */
  sql(alias: string, row: RowState, nobodies: Nobodies): DeferredSql
  /** Parts of the source that SQL calls JavaScript for, row by row. */
  readonly residual: readonly string[]
  /** What its author should know. */
  readonly warnings: readonly RuleWarning[]
}

let rules = 0

/** Throws CelError where the rule is too complex to be SQL. */
export function compileRule(checked: CheckedCel): Rule {
  const old = checked.scope.roots.old !== undefined
  const aliasesOf = (alias: string, row: RowState) => ({
    doc: alias,
    ...(row === 'stored' && old ? { old: alias } : {}),
  })
  const finder = {
    stored: findNobodies(checked.root, { aliases: aliasesOf('doc', 'stored') }),
    resulting: findNobodies(checked.root, { aliases: aliasesOf('doc', 'resulting') }),
  }
  const dependencies = dependenciesOf(checked)
  const compile = (alias: string, row: RowState, nobodies: Nobodies): CompiledSql =>
    compileToSql(checked, { aliases: aliasesOf(alias, row), nobodies })
  const texts = new Map<string, DeferredSql>()
  return {
    id: rules++,
    checked,
    dependencies,
    readsCollections: new Set([...dependencies.collections, ...dependencies.references.map(({ to }) => to)]),
    decide: compileStaticDecision(checked),
    nobodies: (facts, row) => finder[row].of(facts),
    byRequest: isStaticByRequest(checked) || finder.stored.byRequest || finder.resulting.byRequest,
    // Compiled at once: that a rule cannot become SQL must be known when the schema is loaded.
    residual: compile('d0', 'stored', finder.stored.none).residual,
    warnings: warningsOf(checked),
    sql(alias, row, nobodies) {
      const key = `${row} ${alias} ${nobodies.key}`
      let sql = texts.get(key)
      if (!sql) {
        sql = orFailure(() => compile(alias, row, nobodies).deferred)
        texts.set(key, sql)
      }
      return sql
    },
  }
}

/** With nobody in it, a list may have to be looked at in JavaScript, from where the database cannot be asked: such a rule fails, and denies. */
function orFailure(compile: () => DeferredSql): DeferredSql {
  try {
    return compile()
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    return { text: 'NULL', params: [] }
  }
}
