import { ERROR_STATUS, type ErrorCode } from '@koyalite/contracts'
import type { JsonSchema } from '@koyalite/schema'

export type ErrorStatus = (typeof ERROR_STATUS)[ErrorCode]

const MEANINGS: Readonly<Record<ErrorStatus, string>> = {
  400: 'The request itself is wrong: its parameters, its JSON.',
  401: 'Nobody is signed in, or the token is not valid (any more).',
  403: 'Whoever is signed in may not do this.',
  404: 'There is no such thing, or it may not be read.',
  405: 'Not with this method.',
  409: 'Something else is in the way: a unique value, a reference, an Idempotency-Key used for another request. Or a sign-in needs more fields.',
  412: 'The document is not the one that If-Match names, or is one that If-None-Match does.',
  413: 'The body is too large.',
  415: 'The body is not JSON, or does not say so.',
  422: 'The values are wrong; `details` has all of them.',
  429: 'Too many requests; try again after `Retry-After` seconds.',
  500: 'Something went wrong on the server.',
  503: 'Not at the moment: overload, shutdown, or a query that took too long.',
}

/** Answered by the pipeline in front of every route. */
const EVERYWHERE: readonly ErrorStatus[] = [400, 401, 403, 429, 500, 503]

/** The shape of all errors. */
export const ERROR_SCHEMA: JsonSchema = {
  type: 'object',
  required: ['error'],
  additionalProperties: false,
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'details', 'request_id', 'timestamp'],
      additionalProperties: false,
      properties: {
        code: { type: 'string', enum: Object.keys(ERROR_STATUS) },
        message: { type: 'string', description: 'For people; its wording may change.' },
        details: {
          type: 'array',
          items: {
            type: 'object',
            required: ['field', 'code', 'message'],
            additionalProperties: false,
            properties: { field: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
          },
        },
        operation: { type: 'integer', minimum: 0, description: 'Index of the failing operation of a batch.' },
        ticket: { type: 'string', description: 'Of PROFILE_INCOMPLETE: what POST /api/auth/oauth/complete takes.' },
        request_id: { type: 'string' },
        timestamp: { type: 'string', format: 'date-time' },
      },
    },
  },
}

/** `components.responses`: one for each status that errors have. */
export function errorResponses(): Readonly<Record<string, JsonSchema>> {
  const statuses = [...new Set(Object.values(ERROR_STATUS))]
  return Object.fromEntries(statuses.map((status) => [componentName(status), errorResponse(status)]))
}

/** The error part of an operation's `responses`. */
export function errorsOf(...more: readonly ErrorStatus[]): Readonly<Record<string, JsonSchema>> {
  const statuses = [...EVERYWHERE, ...more].toSorted((a, b) => a - b)
  return Object.fromEntries(
    statuses.map((status) => [String(status), { $ref: `#/components/responses/${componentName(status)}` }]),
  )
}

function errorResponse(status: ErrorStatus): JsonSchema {
  const codes = (Object.keys(ERROR_STATUS) as ErrorCode[]).filter((code) => ERROR_STATUS[code] === status)
  return {
    description: `${MEANINGS[status]} (${codes.join(', ')})`,
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
      ...(status === 401 && { 'WWW-Authenticate': { schema: { type: 'string' } } }),
      ...((status === 429 || status === 503) && {
        'Retry-After': { required: status === 429, schema: { type: 'integer' }, description: 'Seconds.' },
      }),
      ...(status === 405 && { Allow: { required: true, schema: { type: 'string' } } }),
    },
    content: {
      'application/json': {
        schema: {
          allOf: [{ $ref: '#/components/schemas/Error' }],
          properties: { error: { properties: { code: { enum: codes } } } },
        },
      },
    },
  }
}

function componentName(status: ErrorStatus): string {
  return `Error${status}`
}
