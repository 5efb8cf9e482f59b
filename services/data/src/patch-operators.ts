import { type ErrorDetail, inexactNumbers, type SqlValue } from '@koyalite/contracts'
import { comparableJson, jsonElements, jsonMatcher } from '@koyalite/query'
import type { Field, JsonValue } from '@koyalite/schema'

export type PatchOperator =
  | { readonly kind: '$inc'; readonly by: number }
  | { readonly kind: '$push'; readonly item: JsonValue }
  | { readonly kind: '$pull'; readonly item: JsonValue }

/**
 * The operator that a PATCH value is, null for a plain value, or what is wrong with it.
 * In a json field only `$push` and `$pull` are operators: any other object is data.
 */
export function patchOperator(field: Field, value: JsonValue): PatchOperator | ErrorDetail | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const keys = Object.keys(value)
  const operand = (value as Readonly<Record<string, JsonValue>>)[keys[0] ?? ''] as JsonValue
  if (field.type === 'json') {
    if (keys.length !== 1) return null
    if (keys[0] === '$push') return { kind: '$push', item: operand }
    if (keys[0] === '$pull') return { kind: '$pull', item: operand }
    return null
  }
  if (!keys.some((key) => key.startsWith('$'))) return null
  if (keys.length !== 1 || keys[0] !== '$inc') {
    return problem(
      field,
      'operator',
      'does not support this operator: $inc is for int and float fields, $push and $pull are for json fields',
    )
  }
  if (field.type !== 'int' && field.type !== 'float') {
    return problem(field, 'operator', 'is not a number and cannot be changed by $inc')
  }
  if (typeof operand !== 'number' || (field.type === 'int' && !Number.isSafeInteger(operand))) {
    return problem(field, 'operator', `needs ${field.type === 'int' ? 'an integer' : 'a number'} in $inc`)
  }
  return { kind: '$inc', by: operand }
}

/** The result of an operator: the value, and for json the text to store. */
export interface OperatorResult {
  readonly value: JsonValue
  readonly text?: string
}

/** Applies an operator to the stored value; returns the result, or what is wrong with it. */
export function applyOperator(field: Field, operator: PatchOperator, current: SqlValue): OperatorResult | ErrorDetail {
  if (operator.kind === '$inc') return increment(field, operator.by, current)
  const list = storedList(current)
  if (list === null) return problem(field, 'operator', `is not an array and cannot be changed by ${operator.kind}`)
  // The elements stay as text: numbers that other programs have stored must not pass through JavaScript.
  const { items, text } = operator.kind === '$push' ? withItem(list, operator.item) : withoutItem(list, operator.item)
  if (field.jsonSchema !== undefined) items.forEach(removePrototypes)
  return { value: items, text }
}

function increment(field: Field, by: number, current: SqlValue): OperatorResult | ErrorDetail {
  const summand = typeof current === 'number' ? current : 0
  const sum = summand + by
  const isExact = (value: number) => (field.type === 'int' ? Number.isSafeInteger(value) : Number.isFinite(value))
  if (isExact(summand) && isExact(sum)) return { value: sum }
  return problem(field, 'range', 'would exceed the range of numbers that can be stored exactly')
}

interface StoredList {
  readonly text: string
  /** Numbers among them may be others than those of the text. */
  readonly items: readonly JsonValue[]
}

/** Null where the column does not hold an array. */
function storedList(current: SqlValue): StoredList | null {
  if (current === null) return { text: '[]', items: [] }
  if (typeof current !== 'string') return null
  try {
    const items: unknown = JSON.parse(current)
    return Array.isArray(items) ? { text: current.trim(), items } : null
  } catch {
    return null
  }
}

function withItem({ text, items }: StoredList, item: JsonValue): StoredList {
  const last = JSON.stringify(item)
  return { text: items.length === 0 ? `[${last}]` : `${text.slice(0, -1)},${last}]`, items: [...items, item] }
}

function withoutItem({ text, items }: StoredList, item: JsonValue): StoredList {
  const equals = jsonMatcher(item)
  const exact = inexactNumbers(text).length === 0 ? items : (comparableJson(text) as readonly JsonValue[])
  const isKept = exact.map((one) => !equals(one))
  if (!isKept.includes(false)) return { text, items }
  const kept = jsonElements(text)?.filter((_, index) => isKept[index]) ?? []
  return { text: `[${kept.join(',')}]`, items: items.filter((_, index) => isKept[index]) }
}

/** As in parsed bodies, so that schemas see own keys only. */
function removePrototypes(value: JsonValue): void {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) Object.setPrototypeOf(value, null)
  for (const inner of Object.values(value)) removePrototypes(inner)
}

export function isProblem(value: object): value is ErrorDetail {
  return 'code' in value
}

function problem(field: Field, code: string, message: string): ErrorDetail {
  return { field: field.name, code, message: `${field.name} ${message}` }
}
