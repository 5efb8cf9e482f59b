import type { JsonType, MediaType, ResponseType, Route } from '@koyalite/kernel'
import type { JsonSchema, JsonValue } from '@koyalite/schema'
import { z } from 'zod'
import { errorsOf, functionErrors } from './error-responses'
import { headerParameter } from './parameters'

/** The operation of a route as it declares itself. @param components gets the schemas that have a name of their own */
export function routeOperation(route: Route, template: string, components: Record<string, JsonSchema>): JsonSchema {
  const { method, path, name, summary, body, query, repeatable = false } = route
  const verb = method.toLowerCase()
  const schemaOf: SchemaOf = (type, side) => {
    if (type instanceof z.ZodType) return withComponents(jsonSchemaOf(type, side), components)
    components[type.name] = type.jsonSchema
    return { $ref: `#/components/schemas/${type.name}` }
  }
  return {
    // A path and what is below it are two operations.
    operationId: name ?? `${verb}${template.replace(/\*$/, 'rest').replace(/[^A-Za-z0-9]+/g, '_')}`,
    tags: [route.runsFunction ? 'functions' : (/^\/api\/(auth|admin|realtime)(\/|$)/.exec(path)?.[1] ?? 'server')],
    ...(summary === undefined ? {} : { summary }),
    ...security(route),
    parameters: [
      ...pathParameters(template),
      ...(query ? queryParameters(schemaOf(query, 'input')) : []),
      ...(repeatable ? [headerParameter('Idempotency-Key')] : []),
    ],
    ...(body ? { requestBody: requestBody(body, schemaOf) } : {}),
    responses: { ...errors(route, components), ...responses(route, schemaOf) },
  }
}

type SchemaOf = (type: z.ZodType | JsonType, side: 'input' | 'output') => JsonSchema

function errors({ runsFunction, responses }: Route, components: Record<string, JsonSchema>): JsonSchema {
  if (responses?.default !== undefined) return {}
  return runsFunction ? functionErrors(components) : errorsOf(404, 409, 412, 413, 415, 422)
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
function security({ access, credentials }: Route): JsonSchema {
  switch (access.kind) {
    case 'anyone':
      return { security: [] }
    case 'rules':
      return { description: access.description, ...(credentials === 'none' && { security: [] }) }
    case 'signed_in':
    case 'admin':
      return { description: access.description, security: [{ bearer: [] }] }
  }
}

function requestBody(type: z.ZodType | MediaType | JsonType, schemaOf: SchemaOf): JsonSchema {
  if ('mediaType' in type) return { required: type.mediaType !== ANY_MEDIA_TYPE, content: mediaContent(type) }
  const schema = schemaOf(type, 'input')
  const content = { 'application/json': { schema } }
  return { required: type instanceof z.ZodType ? isBodyRequired(type, schema) : type.required === true, content }
}

/** Where an empty object will do, no body will do as well. */
function isBodyRequired(type: z.ZodType, { required }: JsonSchema): boolean {
  return !type.safeParse({}).success || (Array.isArray(required) && required.length > 0)
}

function responses(route: Route, schemaOf: SchemaOf): JsonSchema {
  if (route.responses === undefined) return { '2XX': { description: 'Success.', headers: REQUEST_ID } }
  return Object.fromEntries(
    Object.entries<ResponseType | JsonType>(route.responses).map(([status, type]): [string, JsonValue] => {
      const response = { description: MEANINGS[status] ?? 'Success.', headers: REQUEST_ID }
      return [status, type === null ? response : { ...response, content: contentOf(Number(status), type, schemaOf) }]
    }),
  )
}

function contentOf(status: number, type: Exclude<ResponseType, null> | JsonType, schemaOf: SchemaOf): JsonSchema {
  if ('mediaType' in type) return mediaContent(type)
  const schema = schemaOf(type, 'output')
  // The pipeline in front of the route responds with the same status, in the shape of errors.
  const isError = status >= 400
  return { 'application/json': { schema: isError ? { anyOf: [schema, ERROR] } : schema } }
}

const ANY_MEDIA_TYPE = '*/*'

function mediaContent({ mediaType }: MediaType): JsonSchema {
  if (mediaType === ANY_MEDIA_TYPE) return { [mediaType]: {} }
  return { [mediaType.split(';')[0] ?? '']: { schema: { type: 'string' } } }
}

const ERROR: JsonSchema = { $ref: '#/components/schemas/Error' }
const REQUEST_ID: JsonSchema = { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' } }

const MEANINGS: Readonly<Record<string, string>> = {
  default:
    'Whatever the function answers. Errors of the server, and those that the function throws, are JSON as in Error.',
  101: 'The connection goes on as a WebSocket.',
  201: 'Created.',
  202: 'Accepted.',
  204: 'Success.',
  302: 'Redirect.',
  503: 'Not at the moment.',
}

function pathParameters(template: string): readonly JsonSchema[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
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
