import { toBase64 } from '../values'
import type { AuthSession } from './auth-session'
import { pageStorage, safeStorage } from './auth-storage'

/** 256 bits, as 43 letters and digits. Null where the page has no SHA-256, over plain http: there the server's cookie has to do. */
export function createVerifier(): string | null {
  return globalThis.crypto?.subtle ? base64url(crypto.getRandomValues(new Uint8Array(32))) : null
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
