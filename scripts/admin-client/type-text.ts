/** A JSON Schema, as OpenAPI 3.1 has it. */
export type JsonSchema = Readonly<Record<string, unknown>>

export interface TypeOptions {
  /** What is sent may have `undefined` for what is absent; JSON that is received has not. */
  readonly side: 'input' | 'output'
  /** Gets the names of the components that are referred to. */
  readonly refer: (name: string) => void
}

/** A JSON Schema as the text of a TypeScript type. */
export function typeText(schema: unknown, options: TypeOptions): string {
  if (schema === true || !isObject(schema)) return 'unknown'
  const { $ref, const: constant, enum: values, anyOf, oneOf, allOf, type } = schema
  const textOf = (inner: unknown) => typeText(inner, options)
  if (typeof $ref === 'string') return referred($ref, options)
  if (constant !== undefined) return JSON.stringify(constant)
  if (Array.isArray(values)) return union(values.map((value) => JSON.stringify(value)))
  const alternatives = anyOf ?? oneOf
  if (Array.isArray(alternatives)) return union(alternatives.map(textOf))
  if (Array.isArray(allOf)) return allOf.map((part) => `(${textOf(part)})`).join(' & ')
  if (Array.isArray(type)) return union(type.map((one) => textOf({ ...schema, type: one })))
  switch (type) {
    case 'null':
    case 'string':
    case 'boolean':
      return type
    case 'integer':
    case 'number':
      return 'number'
    case 'array':
      return `readonly (${textOf(schema.items)})[]`
    case 'object':
      return objectText(schema, options)
    default:
      return 'unknown'
  }
}

function objectText(schema: JsonSchema, options: TypeOptions): string {
  const { properties = {}, required = [], additionalProperties: more } = schema
  const needed = new Set(required as readonly string[])
  const members = Object.entries(properties as Readonly<Record<string, JsonSchema>>).map(([name, property]) => {
    const isOptional = !needed.has(name)
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name)
    const absent = isOptional && options.side === 'input' ? ' | undefined' : ''
    const text = `readonly ${key}${isOptional ? '?' : ''}: ${typeText(property, options)}${absent}`
    return `${comment(property.description)}${text}`
  })
  const known = `{ ${members.join('\n')} }`
  if (more === undefined || more === false) return members.length === 0 ? 'Readonly<Record<string, never>>' : known
  const others = `Readonly<Record<string, ${isObject(more) && members.length === 0 ? typeText(more, options) : 'unknown'}>>`
  return members.length === 0 ? others : `(${known} & ${others})`
}

/** A docstring of some lines; nothing where there is none. */
export function comment(...lines: readonly unknown[]): string {
  const texts = lines.filter((line) => typeof line === 'string').map((line) => line.replaceAll('*/', '*\\/'))
  if (texts.length < 2) return texts.map((text) => `/** ${text} */\n`).join('')
  return ['/**', ...texts.map((text) => ` * ${text}`), ' */', ''].join('\n')
}

function referred(path: string, { refer }: TypeOptions): string {
  const [, name] = /^#\/components\/schemas\/(\w+)$/.exec(path) ?? []
  if (name === undefined) throw new Error(`a type cannot be made of the reference ${path}`)
  refer(name)
  return name
}

function union(texts: readonly string[]): string {
  const distinct = [...new Set(texts)]
  return distinct.length === 1 ? (distinct[0] ?? 'never') : distinct.map((text) => `(${text})`).join(' | ')
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
