import { brotliDecompressSync } from 'node:zlib'
import { ANYONE, AppError } from '@koyalite/contracts'
import { type ApiRequest, type ApiResponse, html, type Route } from '@koyalite/kernel'
import type { StudioFile, StudioPack } from '../studio-pack'

/** Below `/_` other services have pages, or none: whatever they do not have is nothing of the studio's. */
const OTHERS = /^\/_\/(auth|mail)(\/|$)/

/**
 * The studio: files for everybody, since what they show comes from the admin API. Every other path below its own is one of its pages, and
 * all of these are the same file.
 */
export function studioRoutes(pack: () => Promise<StudioPack | null>, project: ShownProject): readonly Route[] {
  const page = async (request: ApiRequest) => pageOf(await pack(), request, project)
  const file = async (request: ApiRequest) => fileOf(await pack(), request, project)
  const { path } = project
  return [
    { ...OPEN, path, handle: () => ({ status: 308, body: null, headers: { location: `${path}/` } }) },
    { ...OPEN, path: `${path}/`, handle: page },
    { ...OPEN, path: `${path}/icon.svg`, handle: file },
    { ...OPEN, path: `${path}/assets/*`, handle: file },
    { ...OPEN, path: `${path}/*`, handle: page },
  ]
}

/** What the page says of the project before anybody has signed in: in its title, and on every page; and where it is. */
export interface ShownProject {
  readonly name: string
  readonly environment: 'dev' | 'staging' | 'production'
  /** Without a slash at the end. */
  readonly path: string
}

const OPEN = { method: 'GET', access: ANYONE, credentials: 'none' } as const

function pageOf(pack: StudioPack | null, request: ApiRequest, project: ShownProject): ApiResponse {
  if (OTHERS.test(request.path)) throw new AppError('NOT_FOUND', `no such route: ${request.path}`)
  const index = pack?.file('index.html')
  if (index === undefined) {
    throw new AppError('NOT_FOUND', 'The studio of this clone is not built yet: npm run studio')
  }
  const nonce = crypto.getRandomValues(new Uint8Array(16)).toBase64()
  return {
    status: 200,
    body: filled(new TextDecoder().decode(plain(index)), { nonce, ...project }),
    headers: {
      'content-type': index.mediaType,
      'content-security-policy': policy(request.headers.get('host') ?? '', project.path, nonce),
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    },
  }
}

/** Names stand in attributes, escaped; a function puts them in, since `$&` in a name would mean something. */
function filled(page: string, values: Readonly<Record<string, string>>): string {
  return page.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => html`${values[name] ?? ''}`.text)
}

/** Scripts come from here alone; a style may also stand in the page, under the nonce, which only its own scripts know. */
function policy(host: string, path: string, nonce: string): string {
  // The address of an IPv6 host is no source for browsers.
  const isNamed = /^[\w.-]+(:\d+)?$/.test(host)
  const own = isNamed ? `${host}${path}/assets/` : "'self'"
  return [
    "default-src 'none'",
    `script-src ${own}`,
    `style-src ${own} 'nonce-${nonce}'`,
    "img-src 'self' blob:",
    "connect-src 'self'",
    `worker-src ${own}`,
    // Emails, which were written by others: their own policy lets them run and load nothing.
    `frame-src ${isNamed ? `${host}/api/admin/mail/templates/` : "'self'"}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function fileOf(pack: StudioPack | null, { path, headers }: ApiRequest, project: ShownProject): ApiResponse {
  const name = path.slice(project.path.length + 1)
  const found = pack?.file(name)
  if (found === undefined) throw new AppError('NOT_FOUND', `no such file: ${path}`)
  const isTaken = found.isCompressed && /\bbr\b/.test(headers.get('accept-encoding') ?? '')
  return {
    status: 200,
    body: isTaken ? found.bytes : plain(found),
    headers: {
      'content-type': found.mediaType,
      // Named after what is in it.
      'cache-control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'Accept-Encoding',
      ...(isTaken && { 'content-encoding': 'br' }),
    },
  }
}

function plain({ bytes, isCompressed }: StudioFile): Uint8Array<ArrayBuffer> {
  return isCompressed ? new Uint8Array(brotliDecompressSync(bytes)) : bytes
}
