/** What the studio looks at of a JSON Schema; the server has checked that it is one. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, JsonSchema | boolean>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema | boolean
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly format?: string
  readonly pattern?: string
  readonly description?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly anyOf?: readonly (JsonSchema | boolean)[]
  readonly oneOf?: readonly (JsonSchema | boolean)[]
  readonly allOf?: readonly (JsonSchema | boolean)[]
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, JsonSchema | boolean>>
}

/** Null where anything goes. */
export function jsonSchemaFrom(value: unknown): JsonSchema | null {
  return typeof value === 'object' && value !== null ? (value as JsonSchema) : null
}

/** What a reference leads to, within the same schema; a schema without one is itself. */
export function resolved(schema: JsonSchema | boolean | undefined, root: JsonSchema): JsonSchema {
  let found = schema
  for (let step = 0; step < MAX_REFERENCES && typeof found === 'object' && found.$ref !== undefined; step++)
    found = found.$ref === '#' ? root : root.$defs?.[decodePointer(found.$ref)]
  return typeof found === 'object' && found.$ref === undefined ? found : {}
}

const MAX_REFERENCES = 20

/** `Address` of `#/$defs/Address` */
function decodePointer(reference: string): string {
  const token = reference.replace(/^#\/\$defs\//, '')
  return decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~')
}

/** The types that a schema names; none where it names none. */
export function typesOf({ type }: JsonSchema): readonly string[] {
  return type === undefined ? [] : typeof type === 'string' ? [type] : type
}
