import { checkRules, schemaWarnings } from '@koyalite/query'
import { parseSchema, type Schema, type SchemaProblem } from '@koyalite/schema'

export interface CheckedSchema {
  /** Null where the text has mistakes. */
  readonly schema: Schema | null
  /** Every mistake; empty where there is none. */
  readonly problems: readonly SchemaProblem[]
  /** What is valid, and hardly what its author means. */
  readonly warnings: readonly SchemaProblem[]
}

/** A command reads the same file for each environment that it may be in, and once more to open the project; a server reads it for each reload. */
let last: { readonly text: string; readonly checked: CheckedSchema } | null = null

/** Parses the text of schema.yaml and compiles its rules. For an unchanged text it returns the schema of the previous call, so that caches for it stay valid. */
export function checkSchemaText(text: string): CheckedSchema {
  if (last?.text !== text) last = { text, checked: check(text) }
  return last.checked
}

function check(text: string): CheckedSchema {
  const file = 'schema.yaml'
  const parsed = parseSchema(text, { file })
  const problems = parsed.ok ? checkRules(parsed.schema, { file }) : parsed.problems
  if (!parsed.ok || problems.length > 0) return { schema: null, problems, warnings: [] }
  return { schema: parsed.schema, problems, warnings: schemaWarnings(parsed.schema, { file }) }
}
