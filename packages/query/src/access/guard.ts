import type { Sql, SqlValue } from '@koyalite/contracts'
import type { CelFacts } from '../cel/cel-environment'
import type { Rule } from './rule'
import type { OperationRules } from './schema-rules'

/** What is left of rules once it is known who asks: it takes documents to tell. Guards with the same key are the same SQL. */
export interface Guard {
  readonly key: string
  /** A three-valued predicate over the row at `alias`: only true opens. Its parameters wait for the caller. */
  sql(alias: string): Sql
}

/** `always` and `never` hold for every document. */
export type Verdict = 'always' | 'never' | Guard

/** One of `permits`, and all of `restricts`; the rules inside one permit or restriction must all hold. */
export function judge(rules: OperationRules, facts: CelFacts, pick: 'using' | 'check' | 'both'): Verdict {
  const permits = rules.permits.map((clause) => conjunction(picked(clause, pick), facts))
  const restricts = rules.restricts.map((clause) => conjunction(picked(clause, pick), facts))
  return both(either(permits), all(restricts))
}

/** Rules that must all hold. */
export function conjunction(rules: readonly Rule[], facts: CelFacts): Verdict {
  return all(rules.map((rule) => verdictOf(rule, facts)))
}

function picked(
  clause: { readonly using: Rule | null; readonly check: Rule | null },
  pick: 'using' | 'check' | 'both',
): Rule[] {
  const rules = pick === 'both' ? [clause.using, clause.check] : [clause[pick]]
  return rules.filter((rule) => rule !== null)
}

function verdictOf(rule: Rule, facts: CelFacts): Verdict {
  const early = rule.early(facts)
  return early === 'depends' ? { key: String(rule.id), sql: rule.sql } : early
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

function both(a: Verdict, b: Verdict): Verdict {
  return all([a, b])
}

function combined(verdicts: readonly Verdict[], operator: 'AND' | 'OR', none: Verdict): Verdict {
  const guards = verdicts.filter((verdict) => typeof verdict !== 'string')
  const [first] = guards
  if (!first) return none
  if (guards.length === 1) return first
  return {
    key: `(${guards.map(({ key }) => key).join(operator === 'AND' ? '&' : '|')})`,
    sql: (alias) =>
      joined(
        guards.map((guard) => guard.sql(alias)),
        operator,
      ),
  }
}

function joined(parts: readonly Sql[], operator: 'AND' | 'OR'): Sql {
  const params: SqlValue[] = parts.flatMap((part) => part.params)
  return { text: `(${parts.map(({ text }) => `(${text})`).join(` ${operator} `)})`, params }
}
