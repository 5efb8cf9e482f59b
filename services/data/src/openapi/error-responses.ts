import { ERROR_STATUS, type ErrorCode } from '@koyalite/contracts'
import type { JsonSchema } from '@koyalite/schema'

export type ErrorStatus = (typeof ERROR_STATUS)[ErrorCode]

const MEANINGS: Readonly<Record<ErrorStatus, string>> = {
  400: 'The request is invalid: its parameters or its JSON.',
  401: 'Authentication is missing, or the token is invalid or has expired.',
  403: 'The caller is not allowed to do this.',
  404: 'The resource does not exist, or the caller may not read it.',
  405: 'The method is not allowed.',
  409: 'A conflict: a unique value, a reference, or an Idempotency-Key used for a different request; or a sign-in needs more fields.',
  412: 'The document does not match If-Match, or matches If-None-Match.',
  413: 'The body is too large.',
  415: 'The body is not JSON, or is not declared as JSON.',
  422: 'Values are invalid; `details` lists all of them.',
  429: 'Too many requests; try again after `Retry-After` seconds.',
  500: 'Internal error, or a function failed.',
  502: 'The process of a function ended.',
  503: 'Temporarily unavailable: overload, shutdown, or a query that took too long.',
  504: 'A function took too long.',
  508: 'Functions call one another without end.',
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
        message: { type: 'string', description: 'For humans; the wording may change.' },
        details: {
          anyOf: [
            {
              type: 'array',
              items: {
                type: 'object',
                required: ['field', 'code', 'message'],
                additionalProperties: false,
                properties: { field: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } },
              },
            },
            {
              type: 'object',
              required: ['executed'],
              additionalProperties: false,
              properties: { executed: { type: 'string', enum: ['no', 'maybe'] } },
              description: 'Whether a function may have run: after `no`, the same call may be sent again.',
            },
          ],
        },
        operation: { type: 'integer', minimum: 0, description: 'Index of the failing operation in a batch.' },
        ticket: {
          type: 'string',
          description: 'With PROFILE_INCOMPLETE: the ticket for POST /api/auth/oauth/complete.',
        },
        request_id: { type: 'string' },
        timestamp: { type: 'string', format: 'date-time' },
      },
    },
  },
}

/** What functions refuse with: the same shape, with codes and details of their own. */
const FUNCTION_REFUSAL: JsonSchema = {
  type: 'object',
  required: ['error'],
  additionalProperties: false,
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'details', 'request_id', 'timestamp'],
      additionalProperties: false,
      properties: {
        code: { type: 'string', pattern: '^[A-Z][A-Z0-9_]*$' },
        message: { type: 'string' },
        details: { description: 'What the function says; of errors of the server, as in Error.' },
        request_id: { type: 'string' },
        timestamp: { type: 'string', format: 'date-time' },
      },
    },
  },
}

/** The error part of an operation that calls a function: any 4xx may be one of its own. @param components gets the schema of those */
export function functionErrors(components: Record<string, JsonSchema>): Readonly<Record<string, JsonSchema>> {
  components.FunctionError = FUNCTION_REFUSAL
  return {
    '4XX': {
      description:
        'An error of the function, with a code of its own; or one of the server, before it runs: among them CONFLICT (409) for an Idempotency-Key of another request or of one that still runs, VALIDATION_ERROR (422) for an input that is not as declared, UNAUTHENTICATED (401), FORBIDDEN (403), RATE_LIMITED (429).',
      headers: { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' } },
      content: { 'application/json': { schema: { $ref: '#/components/schemas/FunctionError' } } },
    },
    ...referencesTo([500, 502, 503, 504, 508]),
  }
}

/** `components.responses`: one for each status that errors have. */
export function errorResponses(): Readonly<Record<string, JsonSchema>> {
  const statuses = [...new Set(Object.values(ERROR_STATUS))]
  return Object.fromEntries(statuses.map((status) => [componentName(status), errorResponse(status)]))
}

/** The error part of an operation's `responses`. */
export function errorsOf(...more: readonly ErrorStatus[]): Readonly<Record<string, JsonSchema>> {
  return referencesTo([...EVERYWHERE, ...more].toSorted((a, b) => a - b))
}

function referencesTo(statuses: readonly ErrorStatus[]): Readonly<Record<string, JsonSchema>> {
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
