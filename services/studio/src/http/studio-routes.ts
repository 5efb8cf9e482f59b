import { brotliDecompressSync } from 'node:zlib'
import { ANYONE, AppError } from '@koyalite/contracts'
import type { ApiRequest, ApiResponse, Route } from '@koyalite/kernel'
import type { StudioFile, StudioPack } from '../studio-pack'

const ROOT = '/_/'
/** Below them other services have pages, or none: whatever they do not have is nothing of the studio's. */
const OTHERS = /^\/_\/(auth|mail)(\/|$)/

/**
 * The studio: files for everybody, since what they show comes from the admin API. Every other path below /_/ is one of its pages, and all
 * of these are the same file.
 */
export function studioRoutes(pack: () => Promise<StudioPack | null>): readonly Route[] {
  const page = async (request: ApiRequest) => pageOf(await pack(), request)
  const file = async (request: ApiRequest) => fileOf(await pack(), request)
  return [
    { ...OPEN, path: '/_', handle: () => ({ status: 308, body: null, headers: { location: ROOT } }) },
    { ...OPEN, path: ROOT, handle: page },
    { ...OPEN, path: '/_/icon.svg', handle: file },
    { ...OPEN, path: '/_/assets/*', handle: file },
    { ...OPEN, path: '/_/*', handle: page },
  ]
}

const OPEN = { method: 'GET', access: ANYONE, credentials: 'none' } as const

function pageOf(pack: StudioPack | null, request: ApiRequest): ApiResponse {
  if (OTHERS.test(request.path)) throw new AppError('NOT_FOUND', `no such route: ${request.path}`)
  const index = pack?.file('index.html')
  if (index === undefined) {
    throw new AppError('NOT_FOUND', 'The studio of this clone is not built yet: npm run studio')
  }
  const nonce = crypto.getRandomValues(new Uint8Array(16)).toBase64()
  return {
    status: 200,
    body: new TextDecoder().decode(plain(index)).replaceAll('{{nonce}}', nonce),
    headers: {
      'content-type': index.mediaType,
      'content-security-policy': policy(request.headers.get('host') ?? '', nonce),
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    },
  }
}

/** Scripts come from here alone; a style may also stand in the page, under the nonce, which only its own scripts know. */
function policy(host: string, nonce: string): string {
  // The address of an IPv6 host is no source for browsers.
  const own = /^[\w.-]+(:\d+)?$/.test(host) ? `${host}${ROOT}assets/` : "'self'"
  return [
    "default-src 'none'",
    `script-src ${own}`,
    `style-src ${own} 'nonce-${nonce}'`,
    "img-src 'self' blob:",
    "connect-src 'self'",
    `worker-src ${own}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function fileOf(pack: StudioPack | null, { path, headers }: ApiRequest): ApiResponse {
  const found = pack?.file(path.slice(ROOT.length))
  if (found === undefined) throw new AppError('NOT_FOUND', `no such file: ${path}`)
  const isTaken = found.isCompressed && /\bbr\b/.test(headers.get('accept-encoding') ?? '')
  return {
    status: 200,
    body: isTaken ? found.bytes : plain(found),
    headers: {
      'content-type': found.mediaType,
      // Named after what is in it.
      'cache-control': path.startsWith(`${ROOT}assets/`) ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'Accept-Encoding',
      ...(isTaken && { 'content-encoding': 'br' }),
    },
  }
}

function plain({ bytes, isCompressed }: StudioFile): Uint8Array<ArrayBuffer> {
  return isCompressed ? new Uint8Array(brotliDecompressSync(bytes)) : bytes
}
