import type { Collection, Definition, Operation, Schema } from '@koyalite/schema'
import { type CelScope, callerScope, definitionScope } from '../cel/check/cel-scope'
import { checkCondition, checkDefinition } from '../cel/check/check-cel'
import { CelError } from '../cel/syntax/cel-error'
import { parseCel } from '../cel/syntax/parse-cel'
import { compileRule } from './rule'
import { warningsOf } from './rule-warnings'
import { operationScope } from './schema-rules'

/**
 * What an expression is to be: the rule of an operation (rules of fields have the scope of `read` or `create`), the body of a
 * definition, or a condition on the caller and the request alone, as functions have.
 */
export type ExpressionPlace =
  | { readonly kind: 'rule'; readonly collection: Collection; readonly operation: Operation }
  | { readonly kind: 'caller' }
  | { readonly kind: 'definition'; readonly name: string; readonly parameters: readonly string[] }

/** Something to say about an expression that somebody writes. `start` and `end` are offsets (UTF-16 units) in it. */
export interface ExpressionProblem {
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly start: number
  readonly end: number
}

/** What is wrong with an expression, or doubtful, at a place of the schema: the first error, or the warnings. */
export function checkExpression(schema: Schema, place: ExpressionPlace, source: string): readonly ExpressionProblem[] {
  try {
    const scope = scopeAt(schema, place)
    if (place.kind === 'definition') {
      const definition = definitionAt(place, source)
      checkDefinition({ definition, root: parseCel(source).root }, scope)
      return []
    }
    const checked = checkCondition(source, scope)
    // Without documents there is nothing that would have to become SQL.
    const warnings = place.kind === 'caller' ? warningsOf(checked) : compileRule(checked).warnings
    return warnings.map(({ message, range }) => problemAt({ severity: 'warning', message }, range, source))
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    // In the body of a definition: the call is what is written here.
    const range = error.definition === undefined ? error : (error.calls.at(-1) ?? { start: 0, end: source.length })
    const message = error.definition === undefined ? error.message : `in '${error.definition.name}': ${error.message}`
    return [problemAt({ severity: 'error', message }, range, source)]
  }
}

/** What the expression at a place may name. */
export function scopeAt(schema: Schema, place: ExpressionPlace): CelScope {
  const expanded = { nodes: 0 }
  if (place.kind === 'definition') return definitionScope(schema, expanded)
  if (place.kind === 'caller') return callerScope(schema, expanded)
  return operationScope(schema, place.collection, { operation: place.operation, expanded })
}

function definitionAt(
  { name, parameters }: ExpressionPlace & { readonly kind: 'definition' },
  source: string,
): Definition {
  const position = { line: 1, column: 1 }
  return { name, parameters, position, body: { source, position } }
}

/** Something of no width is shown on the character before or behind it. */
function problemAt(
  problem: Pick<ExpressionProblem, 'severity' | 'message'>,
  { start, end }: { readonly start: number; readonly end: number },
  source: string,
): ExpressionProblem {
  const last = Math.min(Math.max(end, start), source.length)
  return { ...problem, start: Math.min(start, last), end: last }
}
