import type { DeferredSql } from './deferred-sql'
import { bind, join, sql } from './sql-fragment'

/**
 * The SQLite path for steps into a json column, bound as a parameter. A step like `0` is an index where the value there is an array
 * and a key where it is an object, so the path that exists is taken.
 */
export function jsonPath(column: DeferredSql, steps: readonly string[]): DeferredSql {
  const variants = pathVariants(steps)
  const last = variants.pop() as string
  if (variants.length === 0) return bind(last)
  const cases = variants.map((path) => sql`WHEN json_type(${column}, ${bind(path)}) IS NOT NULL THEN ${bind(path)}`)
  return sql`CASE ${join(cases, ' ')} ELSE ${bind(last)} END`
}

/** Whether a step may be an index of an array. */
export function isIndex(step: string): boolean {
  return /^(?:0|[1-9]\d{0,8})$/.test(step)
}

function pathVariants(steps: readonly string[]): string[] {
  let variants = ['$']
  for (const step of steps) {
    // SQLite reads a quoted key as a JSON string, escapes included.
    const key = `.${JSON.stringify(step)}`
    variants = isIndex(step)
      ? variants.flatMap((path) => [`${path}[${step}]`, path + key])
      : variants.map((path) => path + key)
  }
  return variants
}
