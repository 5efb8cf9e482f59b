import { type Expression, type Position, positionIn, type SchemaProblem } from '@koyalite/schema'
import type { Range } from '../cel/syntax/parse-cel'

/** Something to say about an expression of the schema, or about a definition that it calls. */
export interface RuleProblem {
  readonly expression: Expression
  readonly message: string
  readonly range: Range
  /** The calls of definitions through which it came about, the innermost first. */
  readonly calls: readonly Range[]
}

/** Problems at their places in the file, in its order. What is wrong with a definition is said once, with every place that calls it. */
export function problemsInFile(problems: readonly RuleProblem[], file: string): readonly SchemaProblem[] {
  const found = new Map<string, { readonly problem: RuleProblem; readonly uses: Set<string> }>()
  for (const problem of problems) {
    const key = [problem.range.definition?.name ?? '', placeOf(problem.range, problem), problem.message].join(' ')
    const { uses } = found.get(key) ?? { uses: new Set<string>() }
    found.set(key, { problem, uses })
    const use = useOf(problem)
    if (use !== null) uses.add(use)
  }
  return [...found.values()]
    .map(({ problem, uses }) => ({
      file,
      ...positionOf(problem.range, problem),
      message: `${inDefinition(problem, [...uses])}${problem.message}`,
    }))
    .sort((a, b) => a.line - b.line || a.column - b.column)
}

/** More than anybody reads. */
const MAX_USES = 100

function inDefinition({ range: { definition } }: RuleProblem, uses: readonly string[]): string {
  if (definition === undefined) return ''
  const more = uses.length > MAX_USES ? ` and ${uses.length - MAX_USES} more` : ''
  const places = uses.length === 0 ? '' : `, used at ${uses.slice(0, MAX_USES).join(', ')}${more}`
  return `in definition '${definition.name}'${places}: `
}

/** Where the expression uses the definition that the problem is in; null for the definition by itself. */
function useOf(problem: RuleProblem): string | null {
  const { expression, range, calls } = problem
  const call = calls.at(-1)
  // A definition by itself is no use of it.
  if (call?.definition !== undefined && call.definition === range.definition) return null
  if (call !== undefined) return placeOf(call, problem)
  if (range.definition === undefined || range.definition.body === expression) return null
  const { line, column } = expression.position
  return `${line}:${column}`
}

function placeOf(range: Range, problem: RuleProblem): string {
  const { line, column } = positionOf(range, problem)
  return `${line}:${column}`
}

function positionOf({ definition, start }: Range, { expression }: RuleProblem): Position {
  return positionIn(definition?.body ?? expression, start)
}
