import type { FieldInfo } from '../../fields/field'

/** How a value is compared. The same words in the address, and with a name on the screen. */
export const OPERATORS = {
  contains: 'contains',
  is: 'is',
  not: 'is not',
  starts: 'starts with',
  gt: 'is more than',
  gte: 'is at least',
  lt: 'is less than',
  lte: 'is at most',
  in: 'is one of',
  has: 'has the element',
  set: 'is set',
  unset: 'is not set',
} as const

export type Operator = keyof typeof OPERATORS

export interface Condition {
  /** A field, a path along a reference (`author.name`) or into json (`meta.plan`). */
  readonly path: string
  readonly operator: Operator
  /** As it was typed; '' for `set` and `unset`. */
  readonly value: string
  /** Kept, and does not count. */
  readonly isOff: boolean
}

/** `country:is:DE`, and with `-` before it where it is off: one of `filter=` in the address. */
export function conditionText({ path, operator, value, isOff }: Condition): string {
  const text = takesValue(operator) ? `${path}:${operator}:${value}` : `${path}:${operator}`
  return isOff ? `-${text}` : text
}

/** Null: the text is no condition. */
export function parseCondition(text: string): Condition | null {
  const [, off, path = '', operator = '', value = ''] = /^(-?)([^:-][^:]*):(\w+)(?::([\s\S]*))?$/.exec(text) ?? []
  return isOperator(operator) ? { path, operator, value: takesValue(operator) ? value : '', isOff: off === '-' } : null
}

export function takesValue(operator: Operator): boolean {
  return operator !== 'set' && operator !== 'unset'
}

function isOperator(word: string): word is Operator {
  return Object.hasOwn(OPERATORS, word)
}

/** The operators that make sense for a field, the usual one first. */
export function operatorsFor({
  type,
  enum: choices,
  references,
}: Pick<FieldInfo, 'type' | 'enum' | 'references'>): readonly Operator[] {
  if (choices !== null || references !== null || type === 'uuid') return ['is', 'not', 'in', 'set', 'unset']
  switch (type) {
    case 'string':
    case 'text':
      return ['contains', 'is', 'not', 'starts', 'in', 'set', 'unset']
    case 'int':
    case 'float':
    case 'timestamp':
    case 'date':
      return ['is', 'not', 'gt', 'gte', 'lt', 'lte', 'in', 'set', 'unset']
    case 'bool':
      return ['is', 'not', 'set', 'unset']
    case 'json':
      return ['has', 'set', 'unset']
    case 'blob':
      return ['set', 'unset']
  }
}
