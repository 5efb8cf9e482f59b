import type { ErrorDetail } from '@koyalite/contracts'
import type { Field, JsonValue } from '@koyalite/schema'

export type PatchOperator =
  | { readonly kind: '$inc'; readonly by: number }
  | { readonly kind: '$push'; readonly item: JsonValue }
  | { readonly kind: '$pull'; readonly item: JsonValue }

/**
 * The operator that a PATCH value is, null where it is a plain value, or what is wrong with it.
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
      'takes no such operator: $inc is for int and float fields, $push and $pull for json fields',
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

/** The value that an operator makes of the present one, or what is wrong with it. */
export function applyOperator(
  field: Field,
  operator: PatchOperator,
  current: JsonValue,
): { value: JsonValue } | ErrorDetail {
  if (operator.kind === '$inc') {
    const sum = (typeof current === 'number' ? current : 0) + operator.by
    if (field.type === 'int' ? Number.isSafeInteger(sum) : Number.isFinite(sum)) return { value: sum }
    return problem(field, 'range', 'would leave the range of numbers that can be stored exactly')
  }
  const list = current ?? []
  if (!Array.isArray(list))
    return problem(field, 'operator', `is not an array and cannot be changed by ${operator.kind}`)
  if (operator.kind === '$push') return { value: [...list, operator.item] }
  return { value: list.filter((item) => !Bun.deepEquals(item, operator.item)) }
}

export function isProblem(value: object): value is ErrorDetail {
  return 'code' in value
}

function problem(field: Field, code: string, message: string): ErrorDetail {
  return { field: field.name, code, message: `${field.name} ${message}` }
}
