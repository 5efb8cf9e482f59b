import { joinOperands } from '@koyalite/contracts'
import type { CelFacts } from '../cel/memory/cel-environment'
import type { DeferredSql } from '../sql/deferred-sql'
import type { RowState, Rule } from './rule'
import type { Clause, OperationRules } from './schema-rules'

/** What is left of rules once the actor is known: it takes documents to tell. Guards with the same key are the same SQL. */
export interface Guard {
  readonly key: string
  /** The collections whose stored documents it reads besides the row: those that it names, and those of references. */
  readonly readsCollections: ReadonlySet<string>
  /** A three-valued predicate over the row at `alias`: only true opens. Its parameters wait for the caller. */
  sql(alias: string): DeferredSql
}

/** `always` and `never` hold for every document. */
export type Verdict = 'always' | 'never' | Guard

export function isGuard(verdict: Verdict): verdict is Guard {
  return typeof verdict !== 'string'
}

/** One of `permits`, and all of `restricts`. Of a document that is not there before, `using` and `check` are both about the new one. */
export function judge(rules: OperationRules, facts: CelFacts, row: RowState): Verdict {
  const verdict = ({ using, check }: Clause): Verdict =>
    conjunction(
      [using, row === 'resulting' ? check : null].filter((rule) => rule !== null),
      facts,
      row,
    )
  return all([either(rules.permits.map(verdict)), ...rules.restricts.map(verdict)])
}

/** Rules that must all hold. */
export function conjunction(rules: readonly Rule[], facts: CelFacts, row: RowState): Verdict {
  return all(rules.map((rule) => verdictOf(rule, facts, row)))
}

function verdictOf(rule: Rule, facts: CelFacts, row: RowState): Verdict {
  const decision = rule.decide(facts)
  if (decision !== 'depends') return decision
  const nobodies = rule.nobodies(facts, row)
  return {
    key: `${rule.id}${row === 'stored' ? 's' : 'r'}${nobodies.key === '' ? '' : `[${nobodies.key}]`}`,
    readsCollections: rule.readsCollections,
    sql: (alias) => rule.sql(alias, row, nobodies),
  }
}

export function either(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('always')) return 'always'
  return combined(
    verdicts.filter((verdict) => verdict !== 'never'),
    'OR',
    'never',
  )
}

export function all(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('never')) return 'never'
  return combined(
    verdicts.filter((verdict) => verdict !== 'always'),
    'AND',
    'always',
  )
}

function combined(verdicts: readonly Verdict[], operator: 'AND' | 'OR', none: Verdict): Verdict {
  const guards = verdicts.filter(isGuard)
  const [first] = guards
  if (!first) return none
  if (guards.length === 1) return first
  return {
    key: `(${guards.map(({ key }) => key).join(operator === 'AND' ? '&' : '|')})`,
    readsCollections: new Set(guards.flatMap((guard) => [...guard.readsCollections])),
    sql: (alias) =>
      joined(
        guards.map((guard) => guard.sql(alias)),
        operator,
      ),
  }
}

function joined(parts: readonly DeferredSql[], operator: 'AND' | 'OR'): DeferredSql {
  const params = parts.flatMap((part) => part.params)
  const operands = parts.map(({ text }) => `(${text})`)
  return { text: `(${joinOperands(operands, ` ${operator} `)})`, params }
}
