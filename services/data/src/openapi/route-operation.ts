import type { RouteAccess } from '@koyalite/contracts'
import type { MediaType, ResponseType, Route } from '@koyalite/kernel'
import type { JsonSchema, JsonValue } from '@koyalite/schema'
import { z } from 'zod'
import { errorsOf } from './error-responses'

/** The operation of a route as it declares itself. @param components gets the schemas that have an id of their own */
export function routeOperation(route: Route, template: string, components: Record<string, JsonSchema>): JsonSchema {
  const { method, path, name, summary, access, body, query } = route
  const verb = method.toLowerCase()
  const schemaOf = (type: z.ZodType, side: 'input' | 'output') => withComponents(jsonSchemaOf(type, side), components)
  return {
    operationId: name ?? `${verb}${template.replace(/[^A-Za-z0-9]+/g, '_')}`,
    tags: [/^\/api\/(auth|admin|realtime)(\/|$)/.exec(path)?.[1] ?? 'server'],
    ...(summary === undefined ? {} : { summary }),
    ...security(access),
    parameters: [...pathParameters(path), ...(query ? queryParameters(schemaOf(query, 'input')) : [])],
    ...(body ? { requestBody: requestBody(body, (type) => schemaOf(type, 'input')) } : {}),
    responses: { ...errorsOf(404, 409, 412, 413, 415, 422), ...responses(route, (type) => schemaOf(type, 'output')) },
  }
}

/** The JSON Schema of what a validator takes, or of what a response is. */
function jsonSchemaOf(type: z.ZodType, side: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io: side, unrepresentable: 'any' })
  return schema as JsonSchema
}

/** Schemas that refer to themselves are referred to from the root of the document: that is where tools resolve references. */
function withComponents({ $defs = {}, ...schema }: JsonSchema, components: Record<string, JsonSchema>): JsonSchema {
  const moved = (value: JsonSchema) =>
    JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonSchema
  for (const [name, definition] of Object.entries($defs as Record<string, JsonSchema>)) {
    const { id: _, ...rest } = moved(definition)
    components[name] = rest
  }
  return moved(schema)
}

/** By default (see the document) a credential is welcome and not needed. */
function security(access: RouteAccess): JsonSchema {
  switch (access.kind) {
    case 'anyone':
      return { security: [] }
    case 'rules':
      return { description: access.description }
    case 'signed_in':
    case 'admin':
      return { description: access.description, security: [{ bearer: [] }] }
  }
}

function requestBody(type: z.ZodType | MediaType, schemaOf: (type: z.ZodType) => JsonSchema): JsonSchema {
  if (!(type instanceof z.ZodType)) return { required: true, content: textContent(type) }
  const schema = schemaOf(type)
  // Where an empty object will do, no body will do as well.
  const required = !type.safeParse({}).success || (Array.isArray(schema.required) && schema.required.length > 0)
  return { required, content: { 'application/json': { schema } } }
}

function responses(route: Route, schemaOf: (type: z.ZodType) => JsonSchema): JsonSchema {
  if (route.responses === undefined) return { '2XX': { description: 'Success.', headers: REQUEST_ID } }
  return Object.fromEntries(
    Object.entries(route.responses).map(([status, type]): [string, JsonValue] => {
      const response = { description: MEANINGS[status] ?? 'Success.', headers: REQUEST_ID }
      return [status, type === null ? response : { ...response, content: contentOf(Number(status), type, schemaOf) }]
    }),
  )
}

function contentOf(
  status: number,
  type: Exclude<ResponseType, null>,
  schemaOf: (type: z.ZodType) => JsonSchema,
): JsonSchema {
  if (!(type instanceof z.ZodType)) return textContent(type)
  const schema = schemaOf(type)
  // The pipeline in front of the route responds with the same status, in the shape of errors.
  const isError = status >= 400
  return { 'application/json': { schema: isError ? { anyOf: [schema, ERROR] } : schema } }
}

function textContent({ mediaType }: MediaType): JsonSchema {
  return { [mediaType.split(';')[0] ?? '']: { schema: { type: 'string' } } }
}

const ERROR: JsonSchema = { $ref: '#/components/schemas/Error' }
const REQUEST_ID: JsonSchema = { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' } }

const MEANINGS: Readonly<Record<string, string>> = {
  101: 'The connection goes on as a WebSocket.',
  201: 'Created.',
  202: 'Accepted.',
  204: 'Success.',
  302: 'Redirect.',
  503: 'Not at the moment.',
}

function pathParameters(path: string): readonly JsonSchema[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => {
    return { name, in: 'path', required: true, schema: { type: 'string' } }
  })
}

function queryParameters(query: JsonSchema): readonly JsonSchema[] {
  const { properties = {}, required = [] } = query as {
    readonly properties?: Readonly<Record<string, JsonSchema>>
    readonly required?: readonly string[]
  }
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }))
}
