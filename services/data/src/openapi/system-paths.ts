import type { JsonSchema } from '@koyalite/schema'
import { errorsOf } from './error-responses'

const STATUS = { type: 'string', enum: ['ok', 'unavailable'] }
const CHECKS: JsonSchema = {
  type: 'array',
  description: 'For operators.',
  items: {
    type: 'object',
    required: ['name', 'ok'],
    properties: { name: { type: 'string' }, ok: { type: 'boolean' }, reason: { type: 'string' } },
  },
}

const REQUEST_ID: JsonSchema = { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' } }

/** What every server has, whatever its schema. */
export const SYSTEM_PATHS: Readonly<Record<string, JsonSchema>> = {
  '/': {
    get: about('landing', 'Name, version, links', {
      200: json('Authentication.', {
        type: 'object',
        required: ['name', 'version', 'links'],
        properties: {
          name: { type: 'string' },
          version: { type: 'string' },
          links: { type: 'object', additionalProperties: { type: 'string' } },
        },
      }),
    }),
  },
  '/api/openapi.json': {
    get: about('openapi', 'This document', { 200: json('OpenAPI 3.1.', { type: 'object', required: ['openapi'] }) }),
  },
  '/api/docs': { get: about('docs', 'API reference as an HTML page', { 200: text('The HTML page.', 'text/html') }) },
  '/health': { get: about('health', 'Health of the server', readiness()) },
  '/health/live': {
    get: about('health_live', 'Liveness: the process responds', { 200: json('Alive.', healthSchema()) }),
  },
  '/health/ready': { get: about('health_ready', 'Readiness: the server can serve requests', readiness()) },
  '/health/stats': {
    get: about('health_stats', 'Uptime and statistics, for operators', {
      200: json('Numbers.', {
        type: 'object',
        required: ['status', 'uptime_seconds'],
        properties: { status: STATUS, uptime_seconds: { type: 'integer', minimum: 0 } },
      }),
    }),
  },
  '/metrics': {
    get: about('metrics', 'Metrics in Prometheus format', { 200: text('Numbers.', 'text/plain') }),
  },
}

function about(operationId: string, summary: string, responses: JsonSchema): JsonSchema {
  return { operationId, tags: ['server'], summary, responses: { ...errorsOf(), ...responses } }
}

/** Not ready is told in the shape of health, not of errors. */
function readiness(): JsonSchema {
  const unready = { anyOf: [healthSchema(), { $ref: '#/components/schemas/Error' }] }
  return { 200: json('Ready.', healthSchema()), 503: json('Not ready.', unready) }
}

function healthSchema(): JsonSchema {
  return {
    type: 'object',
    required: ['status'],
    additionalProperties: false,
    properties: { status: STATUS, checks: CHECKS },
  }
}

function json(description: string, schema: JsonSchema): JsonSchema {
  return { description, headers: REQUEST_ID, content: { 'application/json': { schema } } }
}

function text(description: string, type: string): JsonSchema {
  return { description, headers: REQUEST_ID, content: { [type]: { schema: { type: 'string' } } } }
}
