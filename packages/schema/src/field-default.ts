import { type Report, toJson, type YamlEntry, type YamlNode } from '@koyalite/yaml'
import { isCalendarDate } from './calendar-date'
import { validationProblem } from './field-validation'
import { isBase64, isStorableText, isUuid } from './formats'
import type { Default, Field, JsonValue } from './model'
import { describe } from './shape'
import { parseTimestamp } from './timestamp'

type Target = Pick<Field, 'type' | 'primary' | 'nullable' | 'validation'>

/** The default of a field, checked against its type and validation. A null default of a nullable field counts as no default. */
export function readDefault(entry: YamlEntry | undefined, field: Target, report: Report): Default | undefined {
  if (!entry) return undefined
  const node = entry.value
  const word = node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined
  // A field that lists such a word among its values means the value.
  const isValue = word !== undefined && field.validation.enum?.includes(word)
  if (word === 'auto' && !isValue) {
    if (field.primary && (field.type === 'uuid' || field.type === 'int')) return { kind: 'auto' }
    report(node.position, "default 'auto' is for uuid and int primary keys only")
    return undefined
  }
  if (word === 'now' && !isValue) {
    if (field.type === 'timestamp') return { kind: 'now' }
    const advice = field.type === 'date' ? " (did you mean 'today'?)" : ''
    report(node.position, `default 'now' is for timestamp fields only, not ${field.type}${advice}`)
    return undefined
  }
  if (word === 'today' && field.type === 'date') return { kind: 'today' }
  if (word === 'auth.id' && !isValue) {
    if (field.type === 'uuid') return { kind: 'auth.id' }
    report(node.position, `default 'auth.id' is for uuid fields only, not ${field.type}: ids of users are uuids`)
    return undefined
  }
  if (node.kind === 'scalar' && node.value === null) {
    if (!field.nullable) report(node.position, "default null needs 'nullable: true'")
    return undefined
  }
  if (field.primary) {
    report(node.position, "a primary key cannot have a fixed default (use 'auto', 'auth.id' or none)")
    return undefined
  }
  const checked = checkLiteral(node, field)
  if ('value' in checked) return { kind: 'literal', value: checked.value }
  report(node.position, `default ${describe(node)} ${checked.problem}`)
  return undefined
}

type Checked = { readonly value: JsonValue } | { readonly problem: string }

function checkLiteral(node: YamlNode, { type, validation }: Target): Checked {
  const value = toJson(node)
  switch (type) {
    case 'string':
    case 'text':
      return typeof value === 'string'
        ? valid(value, validation)
        : { problem: `is not of type ${type} (write it in quotes)` }
    case 'int':
      return typeof value === 'number' && Number.isSafeInteger(value) ? valid(value, validation) : wrong(type)
    case 'float':
      return typeof value === 'number' && Number.isFinite(value) ? valid(value, validation) : wrong(type)
    case 'bool':
      return typeof value === 'boolean' ? { value } : wrong('bool (true or false)')
    case 'uuid':
      return typeof value === 'string' && isUuid(value)
        ? { value: value.toLowerCase() }
        : { problem: "is not a uuid (for example '0190163d-8694-739b-aea5-966c26f8ad91', or auth.id)" }
    case 'timestamp': {
      const time = typeof value === 'string' ? parseTimestamp(value) : null
      return time === null
        ? { problem: "is not a timestamp (for example '2026-01-31T12:00:00Z', or now)" }
        : { value: time }
    }
    case 'date':
      return typeof value === 'string' && isCalendarDate(value)
        ? valid(value, validation)
        : { problem: "is not a date (for example '2026-01-31', or today)" }
    case 'blob':
      return typeof value === 'string' && isBase64(value) ? { value } : wrong('blob (base64 text)')
    case 'json':
      return isStorableJson(value) ? { value: normalJson(value) } : { problem: 'contains values that JSON cannot hold' }
  }
}

function valid(value: string | number, validation: Field['validation']): Checked {
  const problem = validationProblem(value, validation)
  return problem === undefined ? { value: typeof value === 'number' ? value + 0 : value } : { problem }
}

function wrong(type: string): Checked {
  return { problem: `is not of type ${type}` }
}

function isStorableJson(value: JsonValue): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value === 'string') return isStorableText(value)
  if (value === null || typeof value === 'boolean') return true
  return Object.entries(value).every(([key, item]) => isStorableText(key) && isStorableJson(item))
}

/** As JSON text round-trips it: no negative zero. */
function normalJson(value: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue
}
