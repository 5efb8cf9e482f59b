import { AppError } from '@koyalite/contracts'
import { didYouMean, type JsonValue } from '@koyalite/schema'
import { LIMITS } from '../list/limits'
import { type ComparisonBudget, comparisonBudget } from './comparison-budget'
import type { Condition } from './condition'
import { aType, type FieldPath, type ResolvePath } from './field-path'
import { checked, enumProblem } from './filter-value'
import { FILTER_OPERATORS, type FilterOperator, OPERATORS_OF } from './parse-filter'
import { shortened } from './shortened'

const OPERATOR_WORDS = FILTER_OPERATORS.map((operator) => `$${operator}`)
const GROUP_WORDS = ['$and', '$or', '$not']

/**
 * The condition that `{"author_id":{"$eq":"…"},"$or":[…]}` states: all of its entries hold. Same operators, paths and two-valued
 * comparisons as in REST's `filter`. Only `{}` as the whole filter means none: what is empty inside of one was meant to hold something.
 * Throws INVALID_FILTER where it makes no sense.
 */
export function parseJsonFilter(
  resolve: ResolvePath,
  filter: unknown,
  budget: ComparisonBudget = comparisonBudget(),
): Condition {
  return new JsonFilterParser(resolve, budget).all(filter, 0)
}

class JsonFilterParser {
  readonly #resolve: ResolvePath
  readonly #budget: ComparisonBudget

  constructor(resolve: ResolvePath, budget: ComparisonBudget) {
    this.#resolve = resolve
    this.#budget = budget
  }

  all(filter: unknown, depth: number): Condition {
    if (depth > LIMITS.filterDepth) throw invalid(`A filter nests at most ${LIMITS.filterDepth} levels.`)
    if (!isObject(filter)) throw invalid('A filter is an object of fields, $and, $or and $not.')
    if (depth > 0 && Object.keys(filter).length === 0) {
      throw invalid('A filter inside of $and, $or or $not must not be empty: remove it, or add a condition.')
    }
    return all(Object.entries(filter).map(([name, value]) => this.#entry(name, value, depth)))
  }

  #entry(name: string, value: unknown, depth: number): Condition {
    switch (name) {
      case '$and':
        return { kind: 'all', of: this.#list(name, value, depth) }
      case '$or':
        return { kind: 'any', of: this.#list(name, value, depth) }
      case '$not':
        return { kind: 'not', of: this.all(value, depth + 1) }
    }
    if (name.startsWith('$')) {
      const hint = OPERATOR_WORDS.includes(name) ? `: it belongs to a field, as in {"title":{"${name}":…}}` : ''
      throw invalid(`'${shortened(name)}' is not a group operator${hint || didYouMean(name, GROUP_WORDS)}.`)
    }
    return this.#field(this.#resolve(name), value, depth)
  }

  #list(name: string, value: unknown, depth: number): Condition[] {
    if (!Array.isArray(value)) throw invalid(`'${name}' takes a list of filters.`)
    if (value.length === 0) throw invalid(`'${name}' takes a list of at least one filter.`)
    return value.map((part: unknown) => this.all(part, depth + 1))
  }

  #field(path: FieldPath, value: unknown, depth: number): Condition {
    if (depth > LIMITS.filterDepth) throw invalid(`A filter nests at most ${LIMITS.filterDepth} levels.`)
    if (!isOperators(path, value)) return this.#compare(path, 'eq', value)
    if (Object.keys(value).length === 0) throw emptyOperators(path)
    return all(
      Object.entries(value).map(([word, operand]) => {
        if (word === '$not') {
          if (!isObject(operand)) throw invalid(`'$not' of '${path.text}' takes an object of operators.`)
          if (Object.keys(operand).length === 0) throw emptyOperators(path)
          return { kind: 'not', of: this.#field(path, operand, depth + 1) }
        }
        return this.#compare(path, operatorNamed(path, word), operand)
      }),
    )
  }

  #compare(path: FieldPath, operator: FilterOperator, operand: unknown): Condition {
    this.#budget.spend()
    return comparison(path, operator, operand)
  }
}

function comparison(path: FieldPath, operator: FilterOperator, operand: unknown): Condition {
  const isNullTest = (operator === 'eq' || operator === 'ne') && operand === null
  const possible = OPERATORS_OF[path.field.type]
  if (!isNullTest && !possible.includes(operator)) {
    throw invalid(
      path.field.type === 'blob'
        ? `'${path.text}' is a blob, which can only be compared with null.`
        : `'$${operator}' does not apply to '${path.text}', which is ${aType(path.field)}; supported are ${possible.map((word) => `$${word}`).join(', ')}.`,
    )
  }
  switch (operator) {
    case 'eq':
    case 'ne':
      return negatedIf(operator === 'ne', { kind: 'compare', op: 'eq', path, value: memberValue(path, operand) })
    case 'in':
    case 'nin': {
      if (!Array.isArray(operand)) throw invalid(`'$${operator}' of '${path.text}' takes a list of values.`)
      if (operand.length > LIMITS.listValues) {
        throw invalid(`'$${operator}' of '${path.text}' has more than ${LIMITS.listValues} values.`)
      }
      const values = operand.map((value: unknown) => memberValue(path, value))
      return negatedIf(operator === 'nin', { kind: 'compare', op: 'in', path, values })
    }
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte': {
      if (operand === null) throw invalid(`'$${operator}' of '${path.text}' takes a value: null cannot be ordered.`)
      const value = plainValue(path, operand)
      if (path.field.type === 'json' && typeof value !== 'string' && typeof value !== 'number') {
        throw invalid(`'$${operator}' of '${path.text}' takes a number or a string.`)
      }
      return { kind: 'compare', op: operator, path, value }
    }
    case 'like': {
      if (typeof operand !== 'string') throw invalid(`'$like' of '${path.text}' takes a string.`)
      if (operand.length > LIMITS.likePattern) {
        throw invalid(`The pattern for '${path.text}' is longer than ${LIMITS.likePattern} characters.`)
      }
      return { kind: 'compare', op: 'like', path, value: textValue(path, operand) }
    }
    case 'contains': {
      const value = plainValue(path, operand)
      if (value === null && path.field.type !== 'json') throw invalid(`'$contains' of '${path.text}' takes a string.`)
      return { kind: 'compare', op: 'contains', path, value, text: typeof value === 'string' ? value : null }
    }
  }
}

/** A value to test equality with: null, or one of the field's type and of its enum. */
function memberValue(path: FieldPath, operand: unknown): JsonValue {
  if (operand === null) return null
  const value = plainValue(path, operand)
  const problem = path.json.length === 0 ? enumProblem(path.field, value) : null
  if (problem !== null) throw invalid(`'${path.text}' ${problem}.`)
  return value
}

function plainValue(path: FieldPath, operand: unknown): JsonValue {
  // What comes out of a JSON parser is JSON.
  const read = checked(path.field, operand as JsonValue)
  if ('problem' in read) throw invalid(`'${path.text}' ${read.problem}.`)
  if (typeof read.value === 'number' && !Number.isFinite(read.value)) {
    throw invalid(`'${path.text}' cannot hold a number that large.`)
  }
  return read.value
}

function textValue(path: FieldPath, text: string): string {
  if (text.isWellFormed() && !text.includes('\0')) return text
  throw invalid(`'${path.text}' cannot hold a string with U+0000 or a lone surrogate.`)
}

/** Whether an object is a set of operators. One without any is a value, which only json fields have. */
function isOperators(path: FieldPath, value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value)) return false
  const words = Object.keys(value)
  return path.field.type !== 'json' || (words.length > 0 && words.every((word) => word.startsWith('$')))
}

function operatorNamed(path: FieldPath, word: string): FilterOperator {
  const operator = FILTER_OPERATORS.find((candidate) => `$${candidate}` === word)
  if (operator) return operator
  const known = [...OPERATOR_WORDS, '$not']
  throw invalid(
    `Unknown operator '${shortened(word)}' of '${path.text}'${didYouMean(word, known)}; supported are ${known.join(', ')}.`,
  )
}

function all(parts: readonly Condition[]): Condition {
  const [first] = parts
  return parts.length === 1 && first ? first : { kind: 'all', of: parts }
}

function emptyOperators(path: FieldPath): AppError {
  return invalid(`'${path.text}' takes a value, or an object of at least one operator, as in {"$ne":null}.`)
}

function negatedIf(negated: boolean, condition: Condition): Condition {
  return negated ? { kind: 'not', of: condition } : condition
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(message: string): AppError {
  return new AppError('INVALID_FILTER', message)
}
