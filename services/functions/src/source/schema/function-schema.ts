import type { ErrorDetail, JsonValue } from '@koyalite/contracts'
import type { JsonSchema } from '@koyalite/schema'
import { checkJsonSchema } from '@koyalite/schema/json-schema-check'
import { createJsonValidator } from '@koyalite/schema/json-validator'
import { fromJson, toJson, type YamlMap } from '@koyalite/yaml'
import { referenceProblem } from './check-references'
import { schemasIn } from './schemas-in'
import { fromShortForm } from './short-form'
import { wrongDefaults } from './wrong-defaults'

/** What a function takes or returns. */
export interface FunctionSchema {
  /** JSON Schema 2020-12, whichever form was written. */
  readonly jsonSchema: JsonSchema
  /**
   * What is wrong with a value, all at once; empty where nothing is. The value has to come from the kernel's `parseJson`: its objects have no
   * prototype, and it is not too deep. Of an input, missing fields get their defaults.
   */
  violations(value: JsonValue): readonly ErrorDetail[]
}

export type ParsedFunctionSchema =
  | { readonly ok: true; readonly schema: FunctionSchema }
  /** Sentences that name the field: `input.tags: unknown type 'strng'`. */
  | { readonly ok: false; readonly problems: readonly string[] }

/** Reads the short form or a JSON Schema, as code has it. The check is compiled: what is wrong with a schema is known when it is loaded. */
export function parseFunctionSchema(written: unknown, role: 'input' | 'output'): ParsedFunctionSchema {
  const problems: string[] = []
  const reportAt = (path: string, message: string) =>
    problems.push(`${path === '' ? role : `${role}.${path}`}: ${message}`)
  const report = (message: string) => reportAt('', message)
  const node = fromJson(written, (_, message) => report(message))
  if (node !== null && node.kind !== 'map') report('must be a map of fields, or a JSON Schema')
  if (node === null || node.kind !== 'map') return { ok: false, problems }
  const isShort = !isJsonSchema(node)
  if (!isShort) checkJsonSchema(node, (_, message) => report(message))
  const jsonSchema = isShort ? fromShortForm(node, reportAt) : (toJson(node) as JsonSchema)
  if (problems.length === 0) problems.push(...faultsOf(jsonSchema).map((fault) => `${role}: ${fault}`))
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, MAX_PROBLEMS) }
  if (isShort)
    problems.push(...wrongDefaults(jsonSchema).map(({ field, message }) => `${role}.${field}: its default ${message}`))
  if (problems.length > 0) return { ok: false, problems }
  const schema = compile(jsonSchema, role)
  return typeof schema === 'string' ? { ok: false, problems: [`${role}: ${schema}`] } : { ok: true, schema }
}

const MAX_PROBLEMS = 100
const MAX_SCHEMAS = 2_000

/** What the validator knows, besides those that it would pass over. */
const FORMATS: ReadonlySet<string> = new Set([
  'email',
  'uri',
  'uuid',
  'date',
  'date-time',
  'time',
  'duration',
  'byte',
  'hostname',
  'ipv4',
  'ipv6',
])

/**
 * A JSON Schema says what it is by its keywords; the short form is a map of the author's names. A field may have the name of a keyword, since its value is
 * a map where that of the keyword is not: `{ type: { type: 'string' } }` has a field `type`.
 */
function isJsonSchema({ entries }: YamlMap): boolean {
  return entries.some(({ key, value }) => {
    if (key.startsWith('$')) return true
    if (key === 'type') return value.kind !== 'map'
    if (key === 'properties')
      return value.kind === 'map' && !value.entries.some((one) => one.key === 'type' && one.value.kind === 'scalar')
    return ['anyOf', 'oneOf', 'allOf', 'enum'].includes(key) && value.kind === 'list'
  })
}

function faultsOf(schema: JsonSchema): readonly string[] {
  const schemas = [...schemasIn(schema)]
  if (schemas.length > MAX_SCHEMAS) return [`has more than ${MAX_SCHEMAS} schemas in it`]
  const formats = schemas.flatMap(({ format }) => (typeof format === 'string' && !FORMATS.has(format) ? [format] : []))
  const unknown = formats.map((format) => `unknown format '${format}'; known are ${[...FORMATS].join(', ')}`)
  const wrongReference = referenceProblem(schema)
  return wrongReference === undefined ? unknown : [...unknown, wrongReference]
}

/** @returns why it cannot be compiled, where it cannot */
function compile(jsonSchema: JsonSchema, role: 'input' | 'output'): FunctionSchema | string {
  const words = { whole: `the ${role}`, unknown: `is not a field of the ${role}` }
  const validator = createJsonValidator(() => jsonSchema, { words, ...(role === 'input' && { fillsDefaults: true }) })
  try {
    validator.violations(null)
  } catch (error) {
    return `cannot be used: ${error instanceof Error ? error.message : String(error)}`
  }
  return { jsonSchema, violations: (value) => validator.violations(value) }
}
