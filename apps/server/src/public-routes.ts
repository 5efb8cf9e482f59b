import { join } from 'node:path'
import { ANYONE, AppError } from '@koyalite/contracts'
import type { ApiRequest, Route } from '@koyalite/kernel'

/** What may be in the folder; anything else is not served. */
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  ico: 'image/x-icon',
}

/** A plain name: no folders, nothing hidden, no way out. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.([a-z]{2,4})$/

/** Pages of a project, from their own files: they talk to this server, run no inline script, and are framed by nobody. */
const POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"

/** The files in a project's folder `public`, which anyone may read. @param folder its path; it need not exist */
export function publicRoutes(folder: string): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/public/:file',
      summary: 'A file of the folder public of the project',
      access: ANYONE,
      credentials: 'none',
      serviceWorker: true,
      responses: { 200: { mediaType: 'application/octet-stream' } },
      handle: (request) => serveFile(folder, request),
    },
  ]
}

async function serveFile(folder: string, request: ApiRequest): Promise<Response> {
  const name = request.params.file ?? ''
  const type = TYPES[NAME.exec(name)?.[1] ?? '']
  const file = type === undefined ? null : Bun.file(join(folder, name))
  if (file === null || type === undefined || !(await file.exists())) {
    throw new AppError('NOT_FOUND', `no such file: ${request.path.slice(0, 200)}`)
  }
  return new Response(await file.bytes(), {
    headers: { 'content-type': type, 'content-security-policy': POLICY, 'cache-control': 'no-cache' },
  })
}
