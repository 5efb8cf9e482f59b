import { paint } from '../terminal'

type Verdict = 'always' | 'never' | 'depends' | 'bypassed'

/** What /api/admin/rules/explain answers. */
export interface Explanation {
  readonly summary: string
  readonly comes_to: Verdict
  readonly rules: readonly ExplainedRule[]
  readonly sql: {
    readonly text: string
    readonly params: readonly { readonly value: unknown; readonly meaning: string }[]
    readonly plan: readonly string[]
    readonly plan_summary: string
  } | null
  readonly document: {
    readonly id: string | null
    readonly answer: { readonly status: number; readonly code: string | null; readonly message: string | null }
    readonly allowed: boolean
    readonly reasons: readonly string[]
  } | null
}

interface ExplainedRule {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly name: string | null
  readonly kind: 'permit' | 'restrict' | 'field'
  readonly about: 'stored' | 'resulting'
  readonly source: string
  readonly comes_to: Verdict
  readonly slow: readonly string[]
  readonly warnings: readonly string[]
  readonly outcome: ExplainedPart | null
}

interface ExplainedPart {
  readonly source: string
  readonly result: true | false | 'error'
  readonly operands: readonly ExplainedPart[]
  readonly values: Readonly<Record<string, unknown>>
}

/** An explanation for people. */
export function explanationLines({ summary, rules, sql, document }: Explanation): readonly string[] {
  return [
    paint('bold', summary),
    ...(rules.length === 0 ? [] : ['', 'Rules']),
    ...rules.flatMap(ruleLines),
    ...(sql === null ? [] : sqlLines(sql)),
    ...(document === null ? [] : documentLines(document)),
  ]
}

function ruleLines({
  file,
  line,
  column,
  name,
  kind,
  about,
  source,
  comes_to,
  slow,
  warnings,
  outcome,
}: ExplainedRule): readonly string[] {
  const named = name === null ? 'rule' : `${kind} '${name}'`
  const verdict = outcome === null ? paintVerdict(comes_to) : paintResult(outcome.result)
  return [
    `  ${paint('dim', `${file}:${line}:${column}`)}  ${named}, on the ${about} document: ${verdict}`,
    ...source.split('\n').map((text) => `    ${text}`),
    ...(outcome === null || outcome.operands.length === 0
      ? valueLines(outcome, '      ')
      : outcome.operands.flatMap((part) => partLines(part, '      '))),
    ...slow.map((part) => `      ${paint('yellow', 'slow')}: ${part} is evaluated row by row outside of SQL`),
    ...warnings.map((warning) => `      ${paint('yellow', 'warning')}: ${warning}`),
  ]
}

function partLines(part: ExplainedPart, indent: string): readonly string[] {
  return [
    `${indent}${paintResult(part.result)}  ${part.source}`,
    ...valueLines(part, `${indent}  `),
    ...part.operands.flatMap((operand) => partLines(operand, `${indent}  `)),
  ]
}

function valueLines(part: ExplainedPart | null, indent: string): readonly string[] {
  if (part === null) return []
  return Object.entries(part.values).map(([name, value]) => paint('dim', `${indent}${name} = ${JSON.stringify(value)}`))
}

function sqlLines({ text, params, plan, plan_summary }: NonNullable<Explanation['sql']>): readonly string[] {
  return [
    '',
    'SQL for a list',
    `  ${text}`,
    ...params.map(({ value, meaning }, index) =>
      paint('dim', `  ?${index + 1} = ${JSON.stringify(value)}  ${meaning}`),
    ),
    '',
    'Plan',
    ...plan.map((line) => `  ${line}`),
    `  ${plan_summary}`,
  ]
}

function documentLines({ id, answer, allowed, reasons }: NonNullable<Explanation['document']>): readonly string[] {
  const what = id === null ? 'This document' : `Document ${id}`
  const said = answer.code === null ? String(answer.status) : `${answer.status} ${answer.code}`
  return [
    '',
    `${what}: ${allowed ? paint('green', 'allowed') : paint('red', 'denied')} (${said})`,
    ...reasons.map((reason) => `  ${reason}`),
  ]
}

function paintVerdict(verdict: Verdict): string {
  return paint(verdict === 'never' ? 'red' : verdict === 'depends' ? 'yellow' : 'green', verdict)
}

function paintResult(result: ExplainedPart['result']): string {
  return result === true ? paint('green', 'true') : paint('red', String(result))
}
