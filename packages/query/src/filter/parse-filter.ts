import { AppError } from '@koyalite/contracts'
import { didYouMean, type FieldType, type JsonValue } from '@koyalite/schema'
import { LIMITS } from '../list/limits'
import type { Condition } from './condition'
import { aType, type FieldPath, type ResolvePath } from './field-path'
import { enumProblem, type FilterValue, valueFromText } from './filter-value'
import { shortened } from './shortened'

export const FILTER_OPERATORS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'like', 'in', 'nin', 'contains'] as const
export type FilterOperator = (typeof FILTER_OPERATORS)[number]

/** The condition that `field:op:value` states; throws INVALID_FILTER where it makes no sense. */
export function parseFilter(resolve: ResolvePath, text: string): Condition {
  const first = text.indexOf(':')
  const second = text.indexOf(':', first + 1)
  if (first <= 0 || second === -1) {
    throw invalid(`A filter has the form field:operator:value, but '${shortened(text)}' does not.`)
  }
  const path = resolve(text.slice(0, first))
  const operator = operatorNamed(text.slice(first + 1, second))
  return comparison(path, operator, text.slice(second + 1))
}

function comparison(path: FieldPath, operator: FilterOperator, text: string): Condition {
  if ((operator === 'eq' || operator === 'ne') && text === 'null') return negatedIf(operator === 'ne', isNull(path))
  const possible = OPERATORS_OF[path.field.type]
  if (!possible.includes(operator)) {
    throw invalid(
      path.field.type === 'blob'
        ? `'${path.text}' is a blob: only eq:null and ne:null apply to it.`
        : `'${operator}' does not apply to '${path.text}', which is ${aType(path.field)}; supported are ${possible.join(', ')}.`,
    )
  }
  switch (operator) {
    case 'eq':
    case 'ne': {
      const value = memberValue(path, text)
      return negatedIf(operator === 'ne', { kind: 'compare', op: 'eq', path, value })
    }
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return { kind: 'compare', op: operator, path, value: inOrder(path, operator, text) }
    case 'in':
    case 'nin': {
      const values = splitList(text).map((item) => (item === 'null' ? null : memberValue(path, item)))
      if (values.length > LIMITS.listValues) {
        throw invalid(`'${operator}' on '${path.text}' has more than ${LIMITS.listValues} values.`)
      }
      return negatedIf(operator === 'nin', { kind: 'compare', op: 'in', path, values })
    }
    case 'like':
      return { kind: 'compare', op: 'like', path, value: pattern(path, text) }
    case 'contains': {
      const value = valueAt(path, valueFromText(path.field, text))
      return { kind: 'compare', op: 'contains', path, value, text: typeof value === 'string' ? value : text }
    }
  }
}

const ORDERED = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'nin'] as const satisfies readonly FilterOperator[]

/** What each type can be compared by. */
export const OPERATORS_OF: Record<FieldType, readonly FilterOperator[]> = {
  uuid: ORDERED,
  string: FILTER_OPERATORS,
  text: FILTER_OPERATORS,
  int: ORDERED,
  float: ORDERED,
  bool: ['eq', 'ne', 'in', 'nin'],
  timestamp: ORDERED,
  date: ORDERED,
  json: FILTER_OPERATORS,
  blob: [],
}

const SYNONYMS: Readonly<Record<string, string>> = {
  '=': 'eq',
  '==': 'eq',
  equals: 'eq',
  is: 'eq',
  '!=': 'ne',
  '<>': 'ne',
  neq: 'ne',
  not: 'ne',
  '>': 'gt',
  '>=': 'gte',
  ge: 'gte',
  '<': 'lt',
  '<=': 'lte',
  le: 'lte',
  not_in: 'nin',
  has: 'contains',
  ilike: 'like',
}

function operatorNamed(word: string): FilterOperator {
  const operator = FILTER_OPERATORS.find((candidate) => candidate === word)
  if (operator) return operator
  const suggestion = didYouMean(word, FILTER_OPERATORS, SYNONYMS)
  throw invalid(`Unknown operator '${shortened(word)}'${suggestion}; supported are ${FILTER_OPERATORS.join(', ')}.`)
}

function isNull(path: FieldPath): Condition {
  return { kind: 'compare', op: 'eq', path, value: null }
}

function negatedIf(negated: boolean, condition: Condition): Condition {
  return negated ? { kind: 'not', of: condition } : condition
}

/** Comma-separated; `\` escapes `,` and `\`. Any other backslash is itself. */
function splitList(text: string): string[] {
  const items: string[] = []
  let item = ''
  for (let index = 0; index < text.length; index++) {
    const character = text[index] as string
    const next = text[index + 1]
    if (character === ',') {
      items.push(item)
      item = ''
    } else if (character === '\\' && (next === ',' || next === '\\')) {
      item += next
      index++
    } else {
      item += character
    }
  }
  items.push(item)
  return items
}

/**
 * A value to test equality with: of the field's type, and of its enum where it has one. `\null` is the text `null`, since `null` alone
 * is the test for null; one more backslash is one more in the text.
 */
function memberValue(path: FieldPath, text: string): JsonValue {
  const escaped = /^\\+null$/.test(text) ? text.slice(1) : null
  if (escaped !== null && path.field.type === 'json') return escaped
  const value = valueAt(path, valueFromText(path.field, escaped ?? text))
  const problem = path.json.length === 0 ? enumProblem(path.field, value) : null
  if (problem !== null) throw invalid(`'${path.text}' ${problem}.`)
  return value
}

/** A value to order by: in json only strings and numbers can be ordered. */
function inOrder(path: FieldPath, operator: FilterOperator, text: string): JsonValue {
  const value = valueAt(path, valueFromText(path.field, text))
  if (path.field.type === 'json' && typeof value !== 'string' && typeof value !== 'number') {
    throw invalid(
      `'${operator}' on '${path.text}' needs a number or a string; only eq and ne can be used with ${shortened(text)}.`,
    )
  }
  return value
}

function pattern(path: FieldPath, text: string): string {
  const value = valueAt(path, valueFromText(path.field, text))
  const like = typeof value === 'string' ? value : text
  if (like.length > LIMITS.likePattern) {
    throw invalid(`The pattern for '${path.text}' is longer than ${LIMITS.likePattern} characters.`)
  }
  return like
}

function valueAt(path: FieldPath, read: FilterValue): JsonValue {
  if ('problem' in read) throw invalid(`'${path.text}' ${read.problem}.`)
  return read.value
}

function invalid(message: string): AppError {
  return new AppError('INVALID_FILTER', message)
}
