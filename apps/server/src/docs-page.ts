import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { ANYONE } from '@koyalite/contracts'
import { type ApiRequest, type ApiResponse, DESIGN_TOKENS, type RequestAccess, type Route } from '@koyalite/kernel'
import swagger from 'swagger-ui-dist/package.json' with { type: 'json' }
import swaggerStyle from 'swagger-ui-dist/swagger-ui.css' with { type: 'file' }
import swaggerScript from 'swagger-ui-dist/swagger-ui-bundle.js' with { type: 'file' }
import ownScript from './docs-page.client.js' with { type: 'text' }
import ownStyle from './docs-page.css' with { type: 'text' }

const ROOT = '/api/docs'
const compress = promisify(gzip)
const STYLE = DESIGN_TOKENS + ownStyle

/** Everything comes from here; scripts and styles are files. Only the pictures inside the stylesheet are `data:`. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // Swagger UI sets a few style attributes.
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/**
 * The reference of the API as a page, made by Swagger UI from /api/openapi.json. All of it is inside the executable: it
 * works without internet and asks no other server. Files are named after their content and cached permanently.
 * @param visibility whom the page is for; null: nobody
 */
export function docsRoutes(visibility: RequestAccess | null): readonly Route[] {
  if (visibility === null) return []
  const { access, credentials } = visibility
  const { version } = swagger
  const own = Bun.hash(STYLE + ownScript).toString(36)
  const files = [
    fileRoute(`swagger-ui-${version}.css`, 'text/css', swaggerStyle),
    fileRoute(`swagger-ui-${version}.js`, 'text/javascript', swaggerScript),
    fileRoute(`docs-${own}.css`, 'text/css', new Blob([STYLE])),
    fileRoute(`docs-${own}.js`, 'text/javascript', new Blob([ownScript])),
  ]
  const page: ApiResponse = {
    status: 200,
    body: html(files.map(({ path }) => path)),
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'cache-control': 'no-cache',
    },
  }
  return [
    {
      method: 'GET',
      path: ROOT,
      name: 'getDocs',
      summary: 'API reference as an HTML page',
      ...{ access, credentials },
      responses: { 200: { mediaType: 'text/html; charset=utf-8' } },
      handle: () => page,
    },
    ...files,
  ]
}

/** @param content the path of an embedded file, or what is in it */
function fileRoute(name: string, type: string, content: string | Blob): Route {
  const plain = typeof content === 'string' ? Bun.file(content) : content
  const headers = {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'Accept-Encoding',
  }
  // Once, when first asked for, off the event loop: most servers never show the page.
  let compressed: Promise<Uint8Array<ArrayBuffer>> | undefined
  return {
    method: 'GET',
    path: `${ROOT}/${name}`,
    access: ANYONE,
    credentials: 'none',
    async handle(request) {
      if (!acceptsGzip(request)) return { status: 200, body: await bytesOf(plain), headers }
      compressed ??= bytesOf(plain).then(async (bytes) => new Uint8Array(await compress(bytes)))
      return { status: 200, body: await compressed, headers: { ...headers, 'content-encoding': 'gzip' } }
    },
  }
}

async function bytesOf(content: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await content.arrayBuffer())
}

function acceptsGzip({ headers }: ApiRequest): boolean {
  return (headers.get('accept-encoding') ?? '')
    .split(',')
    .some((coding) => /^\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/i.test(coding))
}

function html(paths: readonly string[]): string {
  const styles = paths.filter((path) => path.endsWith('.css')).map((path) => `<link rel="stylesheet" href="${path}">`)
  const scripts = paths.filter((path) => path.endsWith('.js')).map((path) => `<script src="${path}"></script>`)
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<title>API reference</title>',
    // An empty picture: otherwise browsers ask for /favicon.ico.
    '<link rel="icon" href="data:,">',
    ...styles,
    '</head>',
    '<body>',
    '<div id="docs"></div>',
    '<noscript>This page needs JavaScript. The OpenAPI document is at <a href="/api/openapi.json">/api/openapi.json</a>.</noscript>',
    ...scripts,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}
