import { randomUUID } from 'node:crypto'
import { createKeyFile } from '@koyalite/kernel'
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'

/** A key that signs access tokens, or used to and still verifies those it signed. */
export interface SigningKey {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  /** What others may know of it. */
  readonly publicJwk: JWK
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

export interface SigningKeys {
  /** The one that signs now. */
  current(): SigningKey
  /** Any that still verifies. */
  find(kid: string): SigningKey | undefined
  /** For /.well-known/jwks.json. */
  publicKeys(): readonly JWK[]
  /** A new key signs from now on; the one before verifies as long as its tokens live. */
  rotate(): Promise<SigningKey>
  /** Takes over what another process has made. Returns whether there was anything new. */
  reload(): Promise<boolean>
}

export interface SigningKeysOptions {
  /** Folder for keys; null keeps them in memory. */
  readonly dir: string | null
  readonly now: () => number
  /** A key signs no longer than this. Milliseconds. */
  readonly maxAge?: number
  /** And verifies for this long afterwards: longer than any token lives. */
  readonly keepFor?: number
  /** Another process makes the keys; this one only reads them. */
  readonly readOnly?: boolean
}

/** In the folder of the keys. */
export const SIGNING_KEYS_FILE = 'access-tokens.json'
const MAX_AGE = 90 * 86_400_000
const KEEP_FOR = 2 * 86_400_000

interface StoredKey {
  readonly kid: string
  readonly created_at: number
  readonly jwk: JWK
}

/** Loads the Ed25519 keys of a project, or makes the first one. The file is readable by its owner only. */
export async function openSigningKeys(options: SigningKeysOptions): Promise<SigningKeys> {
  const { dir, now, maxAge = MAX_AGE, keepFor = KEEP_FOR } = options
  const file = createKeyFile<StoredKey>(dir, SIGNING_KEYS_FILE)
  // Newest first.
  let keys: readonly SigningKey[] = await Promise.all((await file.read()).map(importKey))

  async function rotate(): Promise<SigningKey> {
    const fresh = await generateKey(now())
    const stillNeeded = keys.filter(
      (_, index) => index === 0 || (keys[index - 1] as SigningKey).createdAt + keepFor > now(),
    )
    const next = [fresh, ...stillNeeded]
    // Before anything is signed with it: other processes look it up in the file.
    await file.write(await Promise.all(next.map(exportKey)))
    keys = next
    return fresh
  }

  let reloading: Promise<boolean> | null = null
  async function reload(): Promise<boolean> {
    const stored = await file.read()
    if (stored.length === keys.length && stored.every(({ kid }, index) => kid === keys[index]?.kid)) return false
    keys = await Promise.all(stored.map(importKey))
    return true
  }

  const newest = keys[0]
  if (options.readOnly !== true && (newest === undefined || newest.createdAt + maxAge <= now())) await rotate()
  return {
    current: () => keys[0] as SigningKey,
    find: (kid) => keys.find((key) => key.kid === kid),
    publicKeys: () => keys.map((key) => key.publicJwk),
    rotate,
    reload: () => {
      reloading ??= reload().finally(() => {
        reloading = null
      })
      return reloading
    },
  }
}

async function generateKey(createdAt: number): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  return withJwk({ kid: randomUUID(), privateKey, publicKey, createdAt })
}

async function withJwk(key: Omit<SigningKey, 'publicJwk'>): Promise<SigningKey> {
  const { kty, crv, x } = await exportJWK(key.publicKey)
  return { ...key, publicJwk: { kty, crv, x, kid: key.kid, alg: 'EdDSA', use: 'sig' } as JWK }
}

async function importKey({ kid, created_at, jwk }: StoredKey): Promise<SigningKey> {
  const { d: _secret, ...publicPart } = jwk
  const [privateKey, publicKey] = await Promise.all([
    importJWK(jwk, 'EdDSA', { extractable: true }) as Promise<CryptoKey>,
    importJWK(publicPart as JWK, 'EdDSA', { extractable: true }) as Promise<CryptoKey>,
  ])
  return withJwk({ kid, privateKey, publicKey, createdAt: created_at })
}

async function exportKey(key: SigningKey): Promise<StoredKey> {
  return { kid: key.kid, created_at: key.createdAt, jwk: await exportJWK(key.privateKey) }
}
