import { clientNameWarnings, type Schema, type SchemaProblem } from '@koyalite/schema'
import { inFileOrder } from './rule-problems'
import { ruleWarnings } from './schema-rules'

/** What is valid in a schema with valid rules, and its author should know, in the order of the file. */
export function schemaWarnings(schema: Schema, options: { readonly file: string }): readonly SchemaProblem[] {
  return [...ruleWarnings(schema, options), ...clientNameWarnings(schema, options)].sort(inFileOrder)
}
