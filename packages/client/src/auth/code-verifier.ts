import { KoyaError } from '../koya-error'
import { toBase64 } from '../values'
import type { AuthSession } from './auth-session'
import { pageStorage, safeStorage } from './auth-storage'
import { browserGlobals } from './browser-globals'

/**
 * 256 bits, as 43 letters and digits. Null for a page without SHA-256, over plain http: there the server's cookie has to do. Throws
 * where there is neither.
 */
export function createVerifier(): string | null {
  if (globalThis.crypto?.subtle) return base64url(crypto.getRandomValues(new Uint8Array(32)))
  if (browserGlobals().document !== undefined) return null
  const message = 'Signing in with a provider needs `crypto.subtle`: in React Native, from a polyfill.'
  throw new KoyaError('INVALID_REQUEST', message)
}

/** Its SHA-256 in base64url (RFC 7636). */
export async function codeChallenge(verifier: string | null): Promise<string | undefined> {
  if (verifier === null) return undefined
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))))
}

/** Keeps a verifier while the browser is elsewhere: each tab its own, where there are tabs. */
export function verifierStorage({ storage: shared, storageKey }: AuthSession) {
  const own = pageStorage('sessionStorage')
  const storage = own === null ? shared : safeStorage(own)
  const key = `${storageKey}:oauth`
  return {
    async keep(verifier: string | null): Promise<string | null> {
      await (verifier === null ? storage.removeItem(key) : storage.setItem(key, verifier))
      return verifier
    },
    find: async () => storage.getItem(key),
    forget: async () => storage.removeItem(key),
  }
}

function base64url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
