import { allowsAdmin, SCHEMA_AREA } from '@koyalite/access'
import { ANYONE } from '@koyalite/contracts'
import { exampleDocument, openApiDocument } from '@koyalite/data'
import { type ApiRequest, type ApiResponse, EVERYONE, type Route } from '@koyalite/kernel'
import { type Schema, schemaFileSchema } from '@koyalite/schema'
import { z } from 'zod'
import type { Settings } from './compose'
import { type LandingLink, landingPage } from './landing-page'
import { readableCollections } from './readable-collections'
import type { StudioPlace } from './studio-place'
import { VERSION } from './version'
import type { Visibilities } from './visibility'

const isPublic = { all: true, some: true, none: false, unruled: false }

const LINKS: readonly (LandingLink & { readonly only?: 'dev' })[] = [
  { path: '/api/docs', text: 'API reference' },
  { path: '/api/openapi.json', text: 'OpenAPI document' },
  { path: '/_/mail', text: 'Emails of this development server', only: 'dev' },
  { path: '/health', text: 'Health' },
]

const API_LINKS = [
  { name: 'api', path: '/api' },
  { name: 'docs', path: '/api/docs' },
  { name: 'openapi', path: '/api/openapi.json' },
  { name: 'health', path: '/health' },
] as const

/** A page of auth, for a server without the studio. */
const OPERATOR_PAGE = '/_/auth/operator'

const LANDING = z.object({ name: z.string(), version: z.string(), links: z.record(z.string(), z.string()) })

/**
 * What a newcomer asks first: who is there, and what can be done. Programs get JSON, browsers a page: in `dev`, for
 * somebody on this machine, with everything the schema has; for anyone else with what is public.
 */
export function landingRoutes(input: LandingInput): readonly Route[] {
  const { schema, settings } = input
  const { name: project } = settings
  const landing = () => {
    const paths = new Set(input.routes().map(({ path }) => path))
    const links = Object.fromEntries(API_LINKS.flatMap(({ name, path }) => (paths.has(path) ? [[name, path]] : [])))
    return json({ name: project, version: VERSION, links })
  }
  const page = ({ isLocal, headers: asked }: ApiRequest): ApiResponse => {
    const mode = isLocal ? input.mode : 'start'
    const paths = new Set(input.routes().flatMap(({ path, access }) => (access === ANYONE ? [path] : [])))
    const collections = readableCollections(schema)
    // Who may not see the OpenAPI document is not told of collections here.
    const shown = paths.has('/api/openapi.json') ? collections.filter(({ readable }) => isPublic[readable]) : []
    const users = schema.collections.get('users')
    const { text, headers } = landingPage({
      ...{ project, version: VERSION, url: reachable(input.url(), asked), mode },
      operatorPage: operatorPage(input, isLocal),
      collections: mode === 'dev' ? collections : shown,
      registration: settings.auth.registration,
      userExample: mode === 'dev' && users ? exampleDocument(users, 'create') : {},
      hasProviders: Object.values(settings.auth.oauth).some(({ client_id }) => client_id !== null),
      links: LINKS.filter(({ path, only }) => paths.has(path) && (only === undefined || only === mode)),
    })
    return { status: 200, body: text, headers: { ...headers, 'cache-control': 'no-store' } }
  }
  const handle = (request: ApiRequest): ApiResponse => varying(wantsPage(request) ? page(request) : landing(), 'Accept')
  const open = { method: 'GET', access: ANYONE, credentials: 'none' } as const
  return [
    { ...open, path: '/', name: 'getLanding', summary: 'Name, version, links', responses: { 200: LANDING }, handle },
    { ...open, path: '/api', name: 'getApi', summary: 'Name, version, links', responses: { 200: LANDING }, handle },
    ...openApiRoutes(input),
    ...schemaFileRoutes(input),
  ]
}

/** A port of this machine alone is named to nobody else. */
function operatorPage({ studioPlace: place, studioUrl, settings }: LandingInput, isLocal: boolean): string | null {
  if (!settings.studio.enabled) return OPERATOR_PAGE
  const pages = `${settings.studio.path}/`
  if (place.kind === 'together') return pages
  return place.kind === 'host' || place.isChosen || isLocal ? `${studioUrl()}${pages}` : null
}

interface LandingInput {
  readonly schema: Schema
  readonly settings: Settings
  readonly mode: 'dev' | 'start'
  /** The address that users see. */
  readonly url: () => string
  /** The address of the studio. */
  readonly studioUrl: () => string
  readonly studioPlace: StudioPlace
  /** All routes of the server, when they are asked for. */
  readonly routes: () => readonly Route[]
  readonly visibilities: Visibilities
}

function openApiRoutes({ visibilities, routes, ...described }: LandingInput): readonly Route[] {
  const { openapi: visibility, showsAdminApi } = visibilities
  if (visibility === null) return []
  const documents = new Map<boolean, ApiResponse>()
  const document = (withAdmin: boolean): ApiResponse => {
    const known = documents.get(withAdmin)
    if (known !== undefined) return known
    const shown = routes().filter(({ path }) => withAdmin || !path.startsWith('/api/admin/'))
    const made = json(openApiDocument({ ...described, routes: shown, version: VERSION }))
    documents.set(withAdmin, made)
    return made
  }
  return [
    {
      method: 'GET',
      path: '/api/openapi.json',
      name: 'getOpenApi',
      summary: 'OpenAPI 3.1 document of this API',
      access: visibility.access,
      // Open to everyone, it looks at a key all the same: operators get more.
      credentials: visibility === EVERYONE && !showsAdminApi ? 'header' : visibility.credentials,
      responses: { 200: z.looseObject({ openapi: z.string() }) },
      handle: ({ actor }) =>
        showsAdminApi ? document(true) : varying(document(allowsAdmin(actor, SCHEMA_AREA, 'read')), 'Authorization'),
    },
  ]
}

/** For editors, which complete and check schema.yaml by it. Who may not read about the API does not need it. */
function schemaFileRoutes({ visibilities: { openapi: visibility } }: LandingInput): readonly Route[] {
  if (visibility === null) return []
  const response = json(schemaFileSchema())
  return [
    {
      method: 'GET',
      path: '/api/schema.json',
      name: 'getSchemaFileSchema',
      summary: 'JSON Schema of schema.yaml, for editors',
      access: visibility.access,
      credentials: visibility === EVERYONE ? 'none' : visibility.credentials,
      responses: { 200: z.looseObject({ $schema: z.string() }) },
      handle: () => response,
    },
  ]
}

/** A server that listens everywhere has the address that it was asked under. */
function reachable(url: string, headers: Headers): string {
  const asked = `http://${headers.get('host')}`
  const listensEverywhere = ['0.0.0.0', '[::]'].includes(new URL(url).hostname)
  return listensEverywhere && URL.canParse(asked) ? new URL(asked).origin : url
}

/** Browsers accept HTML; a client that accepts anything, or prefers JSON, is a program. */
function wantsPage({ headers }: ApiRequest): boolean {
  const accept = headers.get('accept') ?? ''
  const [page, data] = [accept.indexOf('text/html'), accept.indexOf('application/json')]
  return page >= 0 && (data < 0 || page < data)
}

function varying(response: ApiResponse, vary: string): ApiResponse {
  return { ...response, headers: { ...response.headers, vary } }
}

function json(value: unknown): ApiResponse {
  return { status: 200, body: JSON.stringify(value) }
}
