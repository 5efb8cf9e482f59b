import { type CallerCondition, checkExpression, compileCallerCondition } from '@koyalite/query'
import { type Expression, positionIn, type Schema } from '@koyalite/schema'
import type { SourceProblem } from '../source-problem'

export type CompiledAccess =
  | { readonly ok: true; readonly allows: CallerCondition; readonly warnings: readonly SourceProblem[] }
  | { readonly ok: false; readonly problems: readonly SourceProblem[] }

/**
 * Compiles `access`: who may call a function, over `auth` and `request`. An error in it denies.
 * @param written.file where it stands; `isCode`: in its config, so that it has no position
 */
export function compileAccess(
  expression: Expression,
  schema: Schema,
  written: { readonly file: string; readonly isCode: boolean },
): CompiledAccess {
  const found = checkExpression(schema, { kind: 'caller' }, expression.source)
  const problems = found.map(({ severity, message, start }) => ({
    severity,
    file: written.file,
    position: written.isCode ? null : positionIn(expression, start),
    message: written.isCode ? `config: 'access' at character ${start + 1}: ${message}` : message,
  }))
  const [errors, warnings] = (['error', 'warning'] as const).map((wanted) =>
    problems.filter(({ severity }) => severity === wanted).map(({ severity: _, ...problem }) => problem),
  ) as [SourceProblem[], SourceProblem[]]
  if (errors.length > 0) return { ok: false, problems: errors }
  return { ok: true, allows: compileCallerCondition(schema, expression.source), warnings }
}
