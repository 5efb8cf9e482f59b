import type { ConditionPart, ExplainedRule } from '@koyalite/query'
import type { JsonValue } from '@koyalite/schema'
import type { ExplanationPart, ExplanationRule } from './explanation'

/** Why rules that must hold for a document do not, a sentence each. `rules` are those about permits, restrictions and fields, with their outcomes. */
export function denials(rules: readonly ExplainedRule[], shown: readonly ExplanationRule[]): readonly string[] {
  const pairs = rules.flatMap((rule, index) => {
    const explanation = shown[index]
    return explanation?.outcome ? [{ rule, explanation, outcome: explanation.outcome }] : []
  })
  const permits = Map.groupBy(
    pairs.filter(({ rule }) => rule.kind === 'permit'),
    ({ rule }) => rule.group,
  )
  const isPermitted = [...permits.values()].some((group) => group.every(({ outcome }) => outcome.result === true))
  const failed = pairs.filter(
    ({ rule, outcome }) => outcome.result !== true && (rule.kind !== 'permit' || !isPermitted),
  )
  return sentences(failed.map(({ explanation, outcome }) => ({ explanation, parts: failingParts(outcome) })))
}

/** Why rules that never hold for a caller do not, whatever the document. */
export function impossibilities(
  rules: readonly ExplainedRule[],
  shown: readonly ExplanationRule[],
  auth: (part: string) => JsonValue,
): readonly string[] {
  const failed = rules.flatMap((rule, index) => {
    const explanation = shown[index]
    if (rule.decision !== 'never' || rule.kind === 'field' || !explanation) return []
    return [{ explanation, parts: impossibleParts(rule.condition, auth) }]
  })
  return sentences(failed)
}

interface Failed {
  readonly explanation: ExplanationRule
  readonly parts: readonly string[]
}

/** A rule of an update is asked twice: where both documents fail in the same way, the stored one says it. */
function sentences(failed: readonly Failed[]): readonly string[] {
  const said = new Set<string>()
  return failed.flatMap(({ explanation, parts }) => {
    const what = parts.join('; ')
    const key = `${placeOf(explanation)} ${explanation.name} ${what}`
    if (said.has(key)) return []
    said.add(key)
    return [`${nameOf(explanation)}: ${what}.`]
  })
}

/** Values that a part looked at, in words. */
function valuesInWords(values: Readonly<Record<string, JsonValue>>): string {
  const words = Object.entries(values).map(([name, value]) => `${name} is ${shortened(value)}`)
  return words.length === 0 ? '' : ` (${words.join(', ')})`
}

function placeOf({ file, line, column }: Pick<ExplanationRule, 'file' | 'line' | 'column'>): string {
  return `${file}:${line}:${column}`
}

function nameOf({ name, kind, about, ...at }: ExplanationRule): string {
  const which =
    kind === 'field'
      ? `the rule of field '${name}'`
      : name === null
        ? 'the rule'
        : `the ${kind === 'permit' ? 'permit' : 'restriction'} '${name}'`
  return `${placeOf(at)} ${which} does not hold for the ${about} document`
}

/** The smallest parts that are to blame: of `a && b` those that do not hold, of `a || b` all. */
function failingParts(part: ExplanationPart): readonly string[] {
  if (part.result === true) return []
  if (part.operands.length > 0) return part.operands.flatMap(failingParts)
  const why = part.result === 'error' ? 'cannot be evaluated, so it denies' : 'is false'
  return [`${inDefinition(part)} ${why}${valuesInWords(part.values)}`]
}

function impossibleParts(part: ConditionPart, auth: (part: string) => JsonValue): readonly string[] {
  const inner = part.operands
    .filter(({ decision }) => decision === 'never')
    .flatMap((one) => impossibleParts(one, auth))
  if (inner.length > 0) return inner
  const values = Object.fromEntries(
    part.reads.auth.filter((name) => name !== 'can').map((name) => [`auth.${name}`, auth(name)]),
  )
  return [`${inDefinition(part)} is never true for this caller${valuesInWords(values)}`]
}

function inDefinition({ source, definition }: { readonly source: string; readonly definition: string | null }): string {
  return definition === null ? source : `in definition '${definition}', ${source}`
}

function shortened(value: JsonValue): string {
  const text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
