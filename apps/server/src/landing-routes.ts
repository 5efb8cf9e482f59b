import { allowsAdmin, SCHEMA_AREA } from '@koyalite/access'
import { ANYONE } from '@koyalite/contracts'
import { openApiDocument } from '@koyalite/data'
import { type ApiRequest, type ApiResponse, EVERYONE, type Route } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import { z } from 'zod'
import type { Settings } from './compose'
import { LANDING_HEADERS, type LandingLink, landingPage } from './landing-page'
import { VERSION } from './version'
import type { Visibilities } from './visibility'

const LINKS: readonly LandingLink[] = [
  { path: '/api/docs', text: 'API reference' },
  { path: '/api/openapi.json', text: 'OpenAPI document' },
  { path: '/_/mail', text: 'Emails of this development server' },
  { path: '/health', text: 'Health' },
]

const API_LINKS = [
  { name: 'api', path: '/api' },
  { name: 'docs', path: '/api/docs' },
  { name: 'openapi', path: '/api/openapi.json' },
  { name: 'health', path: '/health' },
] as const

const LANDING = z.object({ name: z.string(), version: z.string(), links: z.record(z.string(), z.string()) })

/** What a newcomer asks first: who is there, and what can be done. Programs get JSON, browsers a page. */
export function landingRoutes(input: {
  readonly schema: Schema
  readonly settings: Settings
  /** All routes of the server, when they are asked for. */
  readonly routes: () => readonly Route[]
  readonly visibilities: Visibilities
}): readonly Route[] {
  const { name } = input.settings
  const served = <T extends { readonly path: string }>(links: readonly T[]) => {
    const paths = new Set(input.routes().map(({ path }) => path))
    return links.filter(({ path }) => paths.has(path))
  }
  const landing = () => {
    const links = Object.fromEntries(served(API_LINKS).map(({ name, path }) => [name, path]))
    return json({ name, version: VERSION, links })
  }
  const page = () => {
    const body = landingPage({ name, version: VERSION, links: served(LINKS) })
    return { status: 200, body, headers: LANDING_HEADERS }
  }
  const handle = (request: ApiRequest): ApiResponse => varying(wantsPage(request) ? page() : landing(), 'Accept')
  const open = { method: 'GET', access: ANYONE, credentials: 'none' } as const
  return [
    { ...open, path: '/', name: 'getLanding', summary: 'Name, version, links', responses: { 200: LANDING }, handle },
    { ...open, path: '/api', name: 'getApi', summary: 'Name, version, links', responses: { 200: LANDING }, handle },
    ...openApiRoutes(input),
  ]
}

type OpenApiInput = Parameters<typeof landingRoutes>[0]

function openApiRoutes({ visibilities, routes, ...described }: OpenApiInput): readonly Route[] {
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
