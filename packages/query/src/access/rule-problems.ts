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

/** Problems in the order of the file. One in a definition is reported once, with every place that calls it. */
export function problemsInFile(problems: readonly RuleProblem[], file: string): readonly SchemaProblem[] {
  const found = new Map<string, { readonly problem: RuleProblem; readonly uses: Map<string, Position> }>()
  for (const problem of problems) {
    const place = placeOf(positionOf(problem.range, problem))
    const key = [problem.range.definition?.name ?? '', place, problem.message].join(' ')
    const { uses } = found.get(key) ?? { uses: new Map<string, Position>() }
    found.set(key, { problem, uses })
    const use = useOf(problem)
    if (use !== null) uses.set(placeOf(use), use)
  }
  return [...found.values()]
    .map(({ problem, uses }) => ({
      file,
      ...positionOf(problem.range, problem),
      message: `${inDefinition(problem, [...uses.values()])}${problem.message}`,
    }))
    .sort(inFileOrder)
}

export function inFileOrder(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column
}

/** Places in one message; of more, it says how many. */
const MAX_USES = 100

function inDefinition({ range: { definition } }: RuleProblem, uses: readonly Position[]): string {
  if (definition === undefined) return ''
  const more = uses.length > MAX_USES ? ` and ${uses.length - MAX_USES} more` : ''
  const places = uses.toSorted(inFileOrder).slice(0, MAX_USES).map(placeOf)
  const used = places.length === 0 ? '' : `, used at ${places.join(', ')}${more}`
  return `in definition '${definition.name}'${used}: `
}

/** Where the expression uses the definition that the problem is in; null for the definition by itself. */
function useOf(problem: RuleProblem): Position | null {
  const { expression, range, calls } = problem
  const call = calls.at(-1)
  // A definition by itself is no use of it.
  if (call?.definition !== undefined && call.definition === range.definition) return null
  if (call !== undefined) return positionOf(call, problem)
  return range.definition === undefined || range.definition.body === expression ? null : expression.position
}

function placeOf({ line, column }: Position): string {
  return `${line}:${column}`
}

function positionOf({ definition, start }: Range, { expression }: RuleProblem): Position {
  return positionIn(definition?.body ?? expression, start)
}
