import type { CollectionModel, FieldModel } from './call'

/** A filter in the form of JSON, which clients take: `{ status: 'out', stars: { $gte: 3 } }`. */
export type FilterJson = Readonly<Record<string, unknown>>

const OPERATORS = new Set(['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin', 'like', 'contains'])

/** `stars:gte:3` or JSON, as JSON; null for what is neither. */
export function parseFilter(text: string, model: CollectionModel): FilterJson | null {
  if (text.trimStart().startsWith('{')) return parsedJson(text)
  const [field = '', operator = '', ...rest] = text.split(':')
  if (field === '' || !OPERATORS.has(operator) || rest.length === 0) return null
  const value = rest.join(':')
  const type = model.fields.find(({ name }) => name === field)
  if (operator === 'eq') return { [field]: typedValue(value, type) }
  const isList = operator === 'in' || operator === 'nin'
  const operand = isList
    ? listed(value).map((one) => typedValue(one, type))
    : operator === 'like' || operator === 'contains'
      ? value
      : typedValue(value, type)
  return { [field]: { [`$${operator}`]: operand } }
}

function parsedJson(text: string): FilterJson | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as FilterJson) : null
  } catch {
    return null
  }
}

function typedValue(text: string, field: FieldModel | undefined): unknown {
  if (text === 'null') return null
  if (field?.type === 'bool') return text === 'true' || text === '1'
  if (field?.type === 'int' || field?.type === 'float') return Number(text)
  return text
}

/** By commas; a `\` keeps one. */
function listed(text: string): readonly string[] {
  return (text.match(/(?:\\.|[^,\\])+/g) ?? []).map((one) => one.replace(/\\(.)/g, '$1'))
}

/** The type of a value that filters compare the field with: clients have their own for times. */
export function isTime(model: CollectionModel, field: string): boolean {
  return model.fields.some(({ name, type }) => name === field && type === 'timestamp')
}
