import type { Route } from '@koyalite/kernel'
import type { JsonSchema, JsonValue, Schema } from '@koyalite/schema'
import { batchPath, collectionPaths } from './collection-paths'
import { documentComponents } from './document-components'
import { ERROR_SCHEMA, errorResponses } from './error-responses'
import { livePaths } from './live-paths'
import { HEADER_PARAMETERS } from './parameters'
import { routeOperation } from './route-operation'

export interface OpenApiInput {
  readonly schema: Schema
  readonly settings: { readonly name: string; readonly server: { readonly url: string | null } }
  /** Routes besides those of documents, described as they declare themselves. One without a summary is left out: it serves files. */
  readonly routes?: readonly Route[]
  /** Of the API's provider. */
  readonly version?: string
}

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = JsonSchema

/**
 * Describes everything that the API of a schema accepts and returns: each parameter, each body, each status with its headers. Every
 * answer of the server is valid against it.
 */
export function openApiDocument({ schema, settings, routes = [], version = '1' }: OpenApiInput): OpenApiDocument {
  const collections = [...schema.collections.values()]
  const paths: Record<string, JsonValue> = {}
  const components: Record<string, JsonSchema> = {}
  for (const collection of collections)
    Object.assign(paths, collectionPaths(schema, collection), livePaths(schema, collection))
  paths['/api/batch'] = batchPath(schema)
  const templates = new Map<string, string>()
  for (const route of routes) addRoute({ paths, components, templates }, route)
  return {
    openapi: '3.1.0',
    info: { title: settings.name, version, description: INTRODUCTION },
    servers: [{ url: settings.server.url?.replace(/\/+$/, '') || '/' }],
    security: [{}, { bearer: [] }],
    tags: [
      ...collections.map(({ name, description }) => (description === undefined ? { name } : { name, description })),
      ...['batch', 'functions', 'auth', 'admin', 'realtime', 'server']
        .filter((tag) => usesTag(paths, tag) && !schema.collections.has(tag))
        .map((name) => ({ name })),
    ],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An access token, or a service key (`kl_…`).' },
      },
      headers: {
        'X-Request-Id': {
          required: true,
          schema: { type: 'string' },
          description: 'Id of the request; the server log uses the same id.',
        },
        'Koyalite-Seq': {
          required: true,
          schema: { type: 'string', pattern: '^[^.]+\\.[0-9]+$' },
          description: 'The version of the database that was read or written.',
        },
      },
      parameters: HEADER_PARAMETERS,
      responses: errorResponses(),
      schemas: Object.assign(
        { Error: ERROR_SCHEMA, ...components },
        ...collections.map((collection) => documentComponents(schema, collection)),
      ) as JsonSchema,
    },
  }
}

function usesTag(paths: Readonly<Record<string, JsonValue>>, tag: string): boolean {
  return Object.values(paths).some((path) =>
    Object.values(path as JsonSchema).some((operation) =>
      (operation as { tags?: readonly string[] }).tags?.includes(tag),
    ),
  )
}

const INTRODUCTION = [
  'Access is decided by rules: without a rule, access is denied.',
  'Timestamps are UTC (`YYYY-MM-DDTHH:mm:ss.sssZ`), blobs are base64, ids are lower case.',
].join(' ')

/** Paths that are described exactly, by the schema's collections. */
const DESCRIBED = /^\/api\/(?:collections|batch)(?:\/|$)/

interface Parts {
  readonly paths: Record<string, JsonValue>
  readonly components: Record<string, JsonSchema>
  /** By their shape: two that match the same requests must be one, however routes call their parameters. */
  readonly templates: Map<string, string>
}

function addRoute({ paths, components, templates }: Parts, route: Route): void {
  const { method, path, summary } = route
  if (DESCRIBED.test(path) || summary === undefined) return
  const shape = path.replace(/:\w+/g, ':')
  const template = templates.get(shape) ?? path.replace(/:(\w+)/g, '{$1}')
  templates.set(shape, template)
  const known = (paths[template] ?? {}) as JsonSchema
  paths[template] = { ...known, [method.toLowerCase()]: routeOperation(route, template, components) }
}
