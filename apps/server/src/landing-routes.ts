import { ANYONE } from '@koyalite/contracts'
import { openApiDocument } from '@koyalite/data'
import type { ApiRequest, ApiResponse, Route } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'
import { z } from 'zod'
import type { Settings } from './compose'
import { LANDING_HEADERS, type LandingLink, landingPage } from './landing-page'
import { VERSION } from './version'

const LINKS: readonly LandingLink[] = [
  { path: '/api/docs', text: 'API reference' },
  { path: '/api/openapi.json', text: 'OpenAPI document' },
  { path: '/_/mail', text: 'Emails of this development server' },
  { path: '/health', text: 'Health' },
]

const LANDING = z.object({ name: z.string(), version: z.string(), links: z.record(z.string(), z.string()) })

/** What a newcomer asks first: who is there, and what can be done. Programs get JSON, browsers a page. */
export function landingRoutes(input: {
  readonly schema: Schema
  readonly settings: Settings
  /** All routes of the server, when they are asked for. */
  readonly routes: () => readonly Route[]
}): readonly Route[] {
  const { name } = input.settings
  const landing = json({
    name,
    version: VERSION,
    links: { api: '/api', docs: '/api/docs', openapi: '/api/openapi.json', health: '/health' },
  })
  const page = () => {
    const paths = new Set(input.routes().map(({ path }) => path))
    const links = LINKS.filter(({ path }) => paths.has(path))
    return { status: 200, body: landingPage({ name, version: VERSION, links }), headers: LANDING_HEADERS }
  }
  const handle = (request: ApiRequest): ApiResponse => varying(wantsPage(request) ? page() : landing)
  let openapi: ApiResponse | undefined
  const open = { method: 'GET', access: ANYONE, credentials: 'none' } as const
  return [
    { ...open, path: '/', name: 'getLanding', summary: 'Name, version, links', responses: { 200: LANDING }, handle },
    { ...open, path: '/api', name: 'getApi', summary: 'Name, version, links', responses: { 200: LANDING }, handle },
    {
      ...open,
      path: '/api/openapi.json',
      name: 'getOpenApi',
      summary: 'OpenAPI 3.1 document of this API',
      responses: { 200: z.looseObject({ openapi: z.string() }) },
      handle: () => {
        openapi ??= json(openApiDocument({ ...input, routes: input.routes(), version: VERSION }))
        return openapi
      },
    },
  ]
}

/** Browsers accept HTML; a client that accepts anything, or prefers JSON, is a program. */
function wantsPage({ headers }: ApiRequest): boolean {
  const accept = headers.get('accept') ?? ''
  const [page, data] = [accept.indexOf('text/html'), accept.indexOf('application/json')]
  return page >= 0 && (data < 0 || page < data)
}

function varying(response: ApiResponse): ApiResponse {
  return { ...response, headers: { ...response.headers, vary: 'Accept' } }
}

function json(value: unknown): ApiResponse {
  return { status: 200, body: JSON.stringify(value) }
}
