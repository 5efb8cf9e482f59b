import { randomUUID } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
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
  /** Takes over what another process has made. */
  reload(): Promise<void>
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

const FILE = 'access-tokens.json'
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
  // Newest first.
  let keys: readonly SigningKey[] = await Promise.all((await readKeys(dir)).map(importKey))

  async function rotate(): Promise<SigningKey> {
    const fresh = await generateKey(now())
    const stillNeeded = keys.filter(
      (_, index) => index === 0 || (keys[index - 1] as SigningKey).createdAt + keepFor > now(),
    )
    keys = [fresh, ...stillNeeded]
    await writeKeys(dir, await Promise.all(keys.map(exportKey)))
    return fresh
  }

  const newest = keys[0]
  if (options.readOnly !== true && (newest === undefined || newest.createdAt + maxAge <= now())) await rotate()
  return {
    current: () => keys[0] as SigningKey,
    find: (kid) => keys.find((key) => key.kid === kid),
    publicKeys: () => keys.map((key) => key.publicJwk),
    rotate,
    async reload() {
      keys = await Promise.all((await readKeys(dir)).map(importKey))
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

async function readKeys(dir: string | null): Promise<readonly StoredKey[]> {
  if (dir === null) return []
  try {
    return (JSON.parse(await readFile(join(dir, FILE), 'utf8')) as { keys: StoredKey[] }).keys
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Whole or not at all: a half-written file would sign everybody out. */
async function writeKeys(dir: string | null, keys: readonly StoredKey[]): Promise<void> {
  if (dir === null) return
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await chmod(dir, 0o700)
  const draft = join(dir, `.${FILE}.${randomUUID()}`)
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify({ keys }, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, join(dir, FILE))
}
