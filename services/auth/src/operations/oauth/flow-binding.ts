import { z } from 'zod'
import { equalSecrets, hashSecret, randomSecret } from '../../tokens/secret'

/**
 * Who may continue with what a flow has begun, at each of its steps: else somebody could begin it and have another person
 * end it, who is then signed in as them (login CSRF). A browser is known by a cookie. A client that cannot keep one (a
 * page of another site, an app) sends a challenge at the beginning and its verifier in the end, as in PKCE (RFC 7636).
 */
export interface FlowBinding {
  /** Hash of the cookie of the browser that began. */
  readonly browser: string
  /** SHA-256 of the verifier in base64url; null: the cookie is what counts in the end. */
  readonly challenge: string | null
}

/** What somebody shows who wants to continue. */
export interface FlowProof {
  /** Value of the cookie. */
  readonly browserSecret: string | null
  readonly verifier?: string | undefined
}

export const challengeInput = z.string().regex(/^[\w-]{43}$/, {
  error: 'must be the SHA-256 of code_verifier in base64url',
})

export const verifierInput = z.string().regex(/^[A-Za-z0-9._~-]{43,128}$/, {
  error: 'must be 43 to 128 letters, digits or one of -._~',
})

/** The cookie's value: that of another flow of the same browser, so that two tabs can continue, or a new one. */
export function browserSecretFor(present: string | null): string {
  return present !== null && /^[\w-]{43}$/.test(present) ? present : randomSecret()
}

/** Whether the browser that a provider sends back is the one that began. */
export function isSameBrowser({ browser }: FlowBinding, browserSecret: string | null): boolean {
  return browserSecret !== null && equalSecrets(hashSecret(browserSecret), browser)
}

/**
 * Whether the client that requests the result of a flow is the one that started it. A verifier that nobody announced is a mistake, or
 * somebody else's.
 */
export function isSameClient(binding: FlowBinding, { browserSecret, verifier }: FlowProof): boolean {
  if (binding.challenge === null) return verifier === undefined && isSameBrowser(binding, browserSecret)
  return verifier !== undefined && equalSecrets(challengeOf(verifier), binding.challenge)
}

function challengeOf(verifier: string): string {
  return new Bun.CryptoHasher('sha256').update(verifier).digest('base64url')
}
