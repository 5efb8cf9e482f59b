import type { ErrorDetail } from '@koyalite/contracts'
import type { ErrorObject } from 'ajv'

/** What is checked, for sentences about it. */
export interface ViolationWords {
  /** `the document` */
  readonly whole: string
  /** Of a property that is not among those of the schema: `is not a field of this collection`. */
  readonly unknown: string
}

/** Ajv's error as a sentence about a field. Null for errors that only repeat what another one of the same list says. */
export function describeViolation(error: ErrorObject, words: ViolationWords): ErrorDetail | null {
  return COMBINATORS.has(error.keyword) ? null : describeWhole(error, words)
}

/** The same where no other error says it. */
export function describeWhole(error: ErrorObject, words: ViolationWords): ErrorDetail {
  const path = error.instancePath.split('/').slice(1).map(unescapePointer)
  const params = error.params as Record<string, unknown>
  if (error.keyword === 'required' || error.keyword === 'dependentRequired') path.push(String(params.missingProperty))
  if (error.keyword === 'additionalProperties' || error.keyword === 'unevaluatedProperties') {
    path.push(String(params.additionalProperty ?? params.unevaluatedProperty))
  }
  const field = path.join('.')
  const code = CODES[error.keyword] ?? error.keyword
  return { field, code, message: `${field || words.whole} ${say(error, params, words)}` }
}

/** Errors of the parts are reported; that the whole did not match says nothing new. */
const COMBINATORS = new Set(['if', 'allOf', 'anyOf', 'oneOf'])

const CODES: Readonly<Record<string, string>> = {
  additionalProperties: 'unknown',
  unevaluatedProperties: 'unknown',
  minimum: 'min',
  maximum: 'max',
  formatMinimum: 'min',
  formatMaximum: 'max',
}

function say(error: ErrorObject, params: Record<string, unknown>, words: ViolationWords): string {
  switch (error.keyword) {
    case 'required':
      return 'is required'
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return words.unknown
    case 'type':
      return `must be ${typeNames(params.type)}`
    case 'minLength':
      return `must have at least ${count(params.limit, 'character')}`
    case 'maxLength':
      return `must have at most ${count(params.limit, 'character')}`
    case 'minItems':
      return `must have at least ${count(params.limit, 'item')}`
    case 'maxItems':
      return `must have at most ${count(params.limit, 'item')}`
    case 'minimum':
      return `must be at least ${params.limit}`
    case 'maximum':
      return `must be at most ${params.limit}`
    case 'exclusiveMinimum':
      return `must be more than ${params.limit}`
    case 'exclusiveMaximum':
      return `must be less than ${params.limit}`
    case 'formatMinimum':
      return `must not be before ${params.limit}`
    case 'formatMaximum':
      return `must not be after ${params.limit}`
    case 'enum':
      return `must be one of ${(params.allowedValues as unknown[]).map((value) => JSON.stringify(value)).join(', ')}`
    case 'const':
      return `must be ${JSON.stringify(params.allowedValue)}`
    case 'format':
      return FORMATS[String(params.format)] ?? `must be a valid ${params.format}`
    case 'pattern':
      return `must match ${params.pattern}`
    case 'anyOf':
      return 'must match one of its schemas'
    case 'oneOf':
      return 'must match exactly one of its schemas'
    default:
      return error.message ?? 'is not valid'
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  uri: 'must be an http or https address',
  uuid: 'must be a UUID',
  email: 'must be an email address',
  'date-time': 'must be a timestamp such as 2026-01-31T12:00:00.000Z',
  date: 'must be a date such as 2026-01-31',
  byte: 'must be base64',
  text: 'must not contain U+0000 or a lone surrogate',
  key: "must not be empty, '.' or '..', and must not contain U+0000 or a lone surrogate",
}

function typeNames(type: unknown): string {
  const names = (Array.isArray(type) ? type : [type]).map((name) => TYPE_NAMES[String(name)] ?? String(name))
  return names.join(' or ')
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'an array',
  null: 'null',
}

function count(limit: unknown, thing: string): string {
  return `${limit} ${thing}${limit === 1 ? '' : 's'}`
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}
