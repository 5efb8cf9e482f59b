import type { Sql, SqlValue } from '@koyalite/contracts'
import type { Collection, Definition, Expression, Field, JsonValue, Operation, Schema } from '@koyalite/schema'
import type { CheckedCel } from '../cel/check/check-cel'
import { dependenciesOf } from '../cel/check/dependencies-of'
import type { StaticDecision } from '../cel/check/static-decision'
import { compileStaticDecision } from '../cel/check/static-decision'
import type { CelDocument, CelFacts } from '../cel/memory/cel-environment'
import { compileToSql } from '../cel/sql/compile-sql'
import { findNobodies } from '../cel/sql/sql-nobody'
import { textAt } from '../cel/syntax/parse-cel'
import { compilePageKeys, LIST_ROOT, orderTerms } from '../list/compile-list'
import type { ListQuery } from '../list/list-query'
import type { Deferred } from '../sql/deferred-sql'
import { rowConditions } from '../sql/readable-sql'
import type { Access, RequestContext } from './access-of'
import type { RowState, Rule } from './rule'
import { type Clause, rulesOf } from './schema-rules'

/** A rule of the schema that an operation asks, as people see it: for `rules explain`. It decides nothing. */
export interface ExplainedRule {
  /** The policy's name, or the field's; null for the short form. */
  readonly name: string | null
  readonly kind: 'permit' | 'restrict' | 'field'
  /** Permits with the same number must hold together: `using` and `check` of one policy. */
  readonly group: number
  /** Which document it is about. */
  readonly row: RowState
  readonly expression: Expression
  /** Those of which it has parts, in the order in which it calls them. */
  readonly definitions: readonly Definition[]
  readonly decision: StaticDecision
  /** Parts of the source that SQL calls JavaScript for, row by row. */
  readonly slow: readonly string[]
  readonly warnings: readonly string[]
  readonly condition: ConditionPart
}

/** A condition, or an operand of the `&&` and `||` that it is made of. */
export interface ConditionPart {
  readonly source: string
  /** Where that is: offsets (UTF-16 units) in the source of the rule, or of `definition`. */
  readonly range: { readonly start: number; readonly end: number }
  /** The definition that the part as a whole is a call of. */
  readonly calls: string | null
  /** The definition in whose body it stands; null for the rule itself. */
  readonly definition: string | null
  readonly operator: '&&' | '||' | null
  readonly operands: readonly ConditionPart[]
  readonly decision: StaticDecision
  /** What it looks at of the document, of the one before an update, and of the caller. */
  readonly reads: { readonly doc: readonly string[]; readonly old: readonly string[]; readonly auth: readonly string[] }
  /** A three-valued predicate over the row at `alias`, bound to the caller. `old` is given where a resulting row's rule names it. */
  sql(alias: string, old?: CelDocument): Sql
}

/** The caller whose operation is explained. */
export interface ExplainedCall {
  readonly access: Access
  readonly request: RequestContext
  readonly collection: Collection
  readonly operation: Operation
  /** What they send. */
  readonly input: JsonValue
}

/** The rules of the schema that an operation asks: permits first, then restrictions, then those of the fields in `fields`. */
export function explainRules(
  schema: Schema,
  call: ExplainedCall,
  fields: readonly Field[] = [],
): readonly ExplainedRule[] {
  const rules = rulesOf(schema).get(call.collection)
  if (!rules) return []
  const { permits, restricts } = rules.operations[call.operation]
  const ofClauses = [...permits, ...restricts].flatMap((clause, group) => explainClause(call, clause, group))
  const ofFields = fields.flatMap((field, index): ExplainedRule[] => {
    const which = call.operation === 'read' ? 'read' : 'write'
    const [rule, expression] = [rules.fields.get(field)?.[which], field[which]]
    if (!rule || !expression) return []
    const row: RowState = call.operation === 'create' ? 'resulting' : 'stored'
    return [explained(call, { rule, expression, row, name: field.name, kind: 'field', group: 1000 + index })]
  })
  return [...ofClauses, ...ofFields]
}

/** The statement that finds the first page of a list for this caller, and what each of its parameters stands for. */
export function explainListSql(schema: Schema, call: ExplainedCall, query: ListQuery): ExplainedSql {
  const { read } = call.access
  const sql = compilePageKeys(query, read)
  const meanings = ruleMeanings(schema, call)
  const start = orderTerms(query, read).flatMap(({ value }) => value.params).length
  const end = start + rowConditions(query.collection, read, LIST_ROOT).flatMap(({ params }) => params).length
  const { text, params } = call.access.bind(sql, call.input)
  const meaningAt = (index: number): string => {
    if (index === params.length - 1) return 'the page, and one more'
    return meanings.get(sql.params[index]) ?? (index >= start && index < end ? 'written in the rule' : 'asked for')
  }
  return { text, params: params.map((value, index) => ({ value, meaning: meaningAt(index) })) }
}

/** What the parameters of the read rules stand for. */
function ruleMeanings(schema: Schema, call: ExplainedCall): ReadonlyMap<unknown, string> {
  const meanings = new Map<unknown, string>()
  const rules = rulesOf(schema).get(call.collection)?.operations.read
  for (const { using } of rules ? [...rules.permits, ...rules.restricts] : []) {
    if (!using) continue
    const nobodies = using.nobodies(factsOf(call), 'stored')
    for (const value of using.sql(LIST_ROOT, 'stored', nobodies).params) noteMeaning(meanings, value, using)
  }
  return meanings
}

export interface ExplainedSql {
  readonly text: string
  readonly params: readonly { readonly value: SqlValue; readonly meaning: string }[]
}

function noteMeaning(meanings: Map<unknown, string>, value: unknown, { checked }: Rule): void {
  if (typeof value !== 'function') return
  const { range } = value as Deferred
  meanings.set(value, range ? textAt(range, checked.source) : 'computed from the request')
}

function explainClause(call: ExplainedCall, clause: Clause, group: number): readonly ExplainedRule[] {
  const { policy, using, check } = clause
  const { operation, collection } = call
  const kind = policy?.effect ?? 'permit'
  const about: RowState = operation === 'create' ? 'resulting' : 'stored'
  const expression = policy ? policy.using : collection.rules[operation]
  const result: ExplainedRule[] = []
  const shared = { name: policy?.name ?? null, kind, group } as const
  if (using && expression) result.push(explained(call, { ...shared, rule: using, expression, row: about }))
  if (check && (operation === 'create' || operation === 'update')) {
    const own = policy?.check ?? expression
    if (own) result.push(explained(call, { ...shared, rule: check, expression: own, row: 'resulting' }))
  }
  return result
}

function explained(
  call: ExplainedCall,
  { rule, ...rest }: Pick<ExplainedRule, 'name' | 'kind' | 'group' | 'row' | 'expression'> & { readonly rule: Rule },
): ExplainedRule {
  const { checked, residual } = rule
  const warnings = rule.warnings.map(({ message }) => message)
  return {
    ...rest,
    definitions: checked.definitions,
    slow: residual,
    warnings,
    decision: rule.decide(factsOf(call)),
    condition: conditionPart(call, checked, rest.row),
  }
}

function conditionPart(call: ExplainedCall, checked: CheckedCel, row: RowState): ConditionPart {
  const { root, scope, source } = checked
  const old = row === 'stored' && scope.roots.old
  const operands = root.kind === 'logic' ? root.operands : []
  const { rows, auth } = dependenciesOf(checked)
  return {
    source: textAt(root.range, source).trim(),
    range: { start: root.range.start, end: root.range.end },
    calls: root.expansionOf?.name ?? null,
    definition: root.range.definition?.name ?? null,
    operator: root.kind === 'logic' ? root.operator : null,
    operands: operands.map((operand) => conditionPart(call, { ...checked, root: operand }, row)),
    decision: compileStaticDecision(checked)(factsOf(call)),
    reads: { doc: [...(rows.get('doc') ?? [])], old: [...(rows.get('old') ?? [])], auth: [...auth] },
    sql(alias, document) {
      const aliases = { doc: alias, ...(old ? { old: alias } : {}) }
      const nobodies = findNobodies(root, { aliases }).of(factsOf(call))
      return call.access.bind(compileToSql(checked, { aliases, nobodies }).deferred, call.input, document)
    },
  }
}

function factsOf({ access, request, input }: ExplainedCall): CelFacts {
  const { auth, open } = access
  return { auth, request: { ...request, body: input }, ...(open && { open }) }
}
