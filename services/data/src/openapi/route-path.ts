import type { MediaType, Route } from '@koyalite/kernel'
import type { JsonSchema, JsonValue } from '@koyalite/schema'
import { z } from 'zod'
import { errorsOf } from './error-responses'

/** The operation of a route that says itself what it takes and answers. */
export function routeOperation(route: Route, template: string): JsonSchema {
  const { method, path, summary, body, query } = route
  const verb = method.toLowerCase()
  return {
    operationId: `${verb}${template.replace(/[^A-Za-z0-9]+/g, '_')}`,
    tags: [path.split('/')[2] ?? 'server'],
    ...(summary === undefined ? {} : { summary }),
    parameters: [...pathParameters(path), ...(query ? queryParameters(query) : [])],
    ...(body ? { requestBody: requestBody(body) } : {}),
    responses: { ...responses(route), ...errorsOf(404, 409, 412, 413, 415, 422) },
  }
}

/** The JSON Schema of what a validator takes, or of what an answer is. */
export function schemaOf(type: z.ZodType, side: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io: side, unrepresentable: 'any' })
  return schema as JsonSchema
}

function requestBody(type: z.ZodType): JsonSchema {
  // Where an empty object will do, no body will do as well.
  const required = !type.safeParse({}).success
  return { required, content: { 'application/json': { schema: schemaOf(type, 'input') } } }
}

function responses({ responses: types }: Route): JsonSchema {
  if (types === undefined) return { '2XX': { description: 'Success.', headers: REQUEST_ID } }
  return Object.fromEntries(
    Object.entries(types).map(([status, type]): [string, JsonValue] => {
      const response = { description: MEANINGS[status] ?? 'Success.', headers: REQUEST_ID }
      if (type === null) return [status, response]
      return [status, { ...response, content: contentOf(type) }]
    }),
  )
}

function contentOf(type: z.ZodType | MediaType): JsonSchema {
  if (type instanceof z.ZodType) return { 'application/json': { schema: schemaOf(type, 'output') } }
  return { [type.mediaType.split(';')[0] ?? '']: { schema: { type: 'string' } } }
}

const REQUEST_ID: JsonSchema = { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' } }

const MEANINGS: Readonly<Record<string, string>> = {
  201: 'Created.',
  204: 'Success.',
  302: 'Redirect.',
}

function pathParameters(path: string): readonly JsonSchema[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => {
    return { name, in: 'path', required: true, schema: { type: 'string' } }
  })
}

function queryParameters(query: z.ZodObject): readonly JsonSchema[] {
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    readonly properties?: Readonly<Record<string, JsonSchema>>
    readonly required?: readonly string[]
  }
  return Object.entries(properties).map(([name, schema]) => {
    return { name, in: 'query', required: required.includes(name), schema }
  })
}
