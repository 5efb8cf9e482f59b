import type { Sql } from '@koyalite/contracts'
import type { CelFacts } from '../cel/cel-environment'
import type { CheckedCel } from '../cel/check-cel'
import { type CompiledSql, compileToSql } from '../cel/compile-sql'
import { compileEarlyDecision, type EarlyDecision, isEarlyByRequest } from '../cel/decide-early'
import { type CelDependencies, dependenciesOf } from '../cel/dependencies-of'

/** Whether a row is as it was before a write, or as the write makes it. */
export type RowState = 'stored' | 'resulting'

/** A rule of the schema, in the forms in which it is enforced. */
export interface Rule {
  /** Tells one rule from another in keys of caches. */
  readonly id: number
  readonly checked: CheckedCel
  readonly dependencies: CelDependencies
  /** The collections whose stored documents it looks at besides the row: those that it asks, and those that references lead to. */
  readonly looksInto: ReadonlySet<string>
  /** What it comes to before any document is looked at. */
  early(facts: CelFacts): EarlyDecision
  /** Whether that may differ between requests of one caller. */
  readonly earlyByRequest: boolean
  /**
   * A predicate over the row at `alias`; its parameters wait for the caller (see `bindDeferred`). Where the rule names `old`: of a
   * stored row that is the row itself, of a resulting one it is given as a document when the parameters are bound.
   */
  sql(alias: string, row: RowState): Sql
  /** Parts of the source that SQL calls JavaScript for, row by row. */
  readonly slow: readonly string[]
}

let rules = 0

/** Throws CelError where the rule is too complex to be SQL. */
export function compileRule(checked: CheckedCel): Rule {
  const byAlias = { stored: new Map<string, CompiledSql>(), resulting: new Map<string, CompiledSql>() }
  const compile = (alias: string, row: RowState): CompiledSql => {
    let compiled = byAlias[row].get(alias)
    if (!compiled) {
      const old = row === 'stored' && checked.scope.roots.old ? { old: alias } : {}
      compiled = compileToSql(checked, { aliases: { doc: alias, ...old } })
      byAlias[row].set(alias, compiled)
    }
    return compiled
  }
  const dependencies = dependenciesOf(checked)
  return {
    id: rules++,
    checked,
    dependencies,
    looksInto: new Set([...dependencies.collections, ...dependencies.references.map(({ to }) => to)]),
    early: compileEarlyDecision(checked),
    earlyByRequest: isEarlyByRequest(checked),
    // Compiled at once: that a rule cannot become SQL must be known when the schema is loaded.
    slow: compile('d0', 'stored').slow,
    sql: (alias, row) => compile(alias, row).deferred,
  }
}
