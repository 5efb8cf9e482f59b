import type { ExplainRulesResponse, ExplanationPart } from '@koyalite/client/admin'
import { paint } from '../terminal'

type Verdict = 'always' | 'never' | 'depends' | 'bypassed'

type ExplainedRule = ExplainRulesResponse['rules'][number]

/** An explanation for people. */
export function explanationLines({ summary, rules, sql, document }: ExplainRulesResponse): readonly string[] {
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
  definitions,
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
    ...definitions.flatMap((definition) => definitionLines(definition)),
    ...(outcome === null || outcome.operands.length === 0
      ? valueLines(outcome, '      ')
      : outcome.operands.flatMap((part) => partLines(part, '      '))),
    ...slow.map((part) => `      ${paint('yellow', 'slow')}: ${part} is evaluated row by row outside of SQL`),
    ...warnings.map((warning) => `      ${paint('yellow', 'warning')}: ${warning}`),
  ]
}

function definitionLines({ signature, source, line }: ExplainedRule['definitions'][number]): readonly string[] {
  const [first, ...rest] = source.split('\n')
  return [`${signature}: ${first}  (line ${line})`, ...rest].map((text) => paint('dim', `      ${text}`))
}

function partLines(part: ExplanationPart, indent: string): readonly string[] {
  return [
    `${indent}${paintResult(part.result)}  ${part.source}`,
    ...valueLines(part, `${indent}  `),
    ...part.operands.flatMap((operand) => partLines(operand, `${indent}  `)),
  ]
}

function valueLines(part: ExplanationPart | null, indent: string): readonly string[] {
  if (part === null) return []
  return Object.entries(part.values).map(([name, value]) => paint('dim', `${indent}${name} = ${JSON.stringify(value)}`))
}

function sqlLines({
  text,
  params,
  plan,
  words,
  indexes,
  after,
  obstacles,
}: NonNullable<ExplainRulesResponse['sql']>): readonly string[] {
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
    ...words.map((sentence) => `  ${paint('bold', sentence)}`),
    ...(indexes.length === 0 ? [] : ['', 'Add to schema.yaml']),
    ...indexes.flatMap(({ place, line }) => [`  ${paint('dim', `${place}:`)}`, `    ${paint('green', line)}`]),
    ...after.map((sentence) => `  ${sentence}`),
    ...(obstacles.length === 0 ? [] : ['', 'What an index does not help with']),
    ...obstacles.map((sentence) => `  ${sentence}`),
  ]
}

function documentLines({
  id,
  answer,
  allowed,
  reasons,
}: NonNullable<ExplainRulesResponse['document']>): readonly string[] {
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

function paintResult(result: ExplanationPart['result']): string {
  return result === true ? paint('green', 'true') : paint('red', String(result))
}
