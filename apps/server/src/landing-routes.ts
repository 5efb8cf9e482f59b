import { openApiDocument } from '@koyalite/data'
import type { ApiResponse, Route, Settings } from '@koyalite/kernel'
import type { Schema } from '@koyalite/schema'

import { VERSION } from './version'

/** What a newcomer asks first: who is there, and what can be done. */
export function landingRoutes(input: {
  readonly schema: Schema
  readonly settings: Settings
  readonly routes: readonly Route[]
}): readonly Route[] {
  const landing = json({
    name: input.settings.name,
    version: VERSION,
    links: { api: '/api', docs: '/api/docs', openapi: '/api/openapi.json', health: '/health' },
  })
  let openapi: ApiResponse | undefined
  return [
    { method: 'GET', path: '/', summary: 'Name, version, links', handle: () => landing },
    {
      method: 'GET',
      path: '/api/openapi.json',
      summary: 'This API as an OpenAPI 3.1 document',
      handle: () => {
        openapi ??= json(openApiDocument({ ...input, version: VERSION }))
        return openapi
      },
    },
  ]
}

function json(value: unknown): ApiResponse {
  return { status: 200, body: JSON.stringify(value) }
}
