import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { createKeyFile } from './key-file'

/**
 * Seals secrets that have to be read again, such as those of authenticator apps, before they are stored: the database alone reveals nothing.
 * AES-256-GCM under a key in `data/keys`, which backups of a project hold beside its database.
 */
export interface SecretBox {
  /** @param place whose it is, such as `totp <user>`: what was sealed for one place opens in no other */
  seal(text: string, place: string): string
  /** Null for what was changed, is another place's, was sealed with a key that is lost, or was never sealed. */
  open(sealed: string, place: string): string | null
  /** Whether a text is sealed at all. */
  isSealed(text: string): boolean
  /** Whether it is sealed with the key that seals now. */
  isCurrent(text: string): boolean
  /** A new key seals from now on; those before it still open. */
  rotate(): Promise<void>
}

export interface SecretBoxOptions {
  /** Folder of the keys (`data/keys`); null keeps them in memory. */
  readonly dir: string | null
  /** Milliseconds since 1970. */
  readonly now?: () => number
  /** Another process makes the keys; this one only reads them. */
  readonly readOnly?: boolean
}

interface StoredKey {
  readonly id: string
  readonly created_at: number
  /** 256 random bits, base64url. */
  readonly key: string
}

interface SealingKey {
  readonly id: string
  readonly cipherKey: Uint8Array
}

const FILE = 'secrets.json'
const CIPHER = 'aes-256-gcm'
const IV_BYTES = 12
const TAG_BYTES = 16
/** Then a new one seals: 2^32 messages are the bound of GCM under one key, and a year is far from that. */
const MAX_AGE = 365 * 86_400_000

/** Loads the keys of a project, or makes the first one. */
export async function openSecretBox({ dir, now = Date.now, readOnly = false }: SecretBoxOptions): Promise<SecretBox> {
  const file = createKeyFile<StoredKey>(dir, FILE)
  let stored = await file.read()
  let keys = stored.map(sealingKey)

  async function rotate(): Promise<void> {
    const fresh = {
      id: randomBytes(6).toString('base64url'),
      created_at: now(),
      key: randomBytes(32).toString('base64url'),
    }
    await file.write([fresh, ...stored])
    stored = [fresh, ...stored]
    keys = stored.map(sealingKey)
  }

  function current(): SealingKey {
    const [newest] = keys
    if (newest === undefined) throw new Error('this process has no key to encrypt secrets with')
    return newest
  }

  const [newest] = stored
  if (!readOnly && (newest === undefined || newest.created_at + MAX_AGE <= now())) await rotate()
  return {
    seal(text, place) {
      const { id, cipherKey } = current()
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(CIPHER, cipherKey, iv).setAAD(Buffer.from(place))
      const parts = [iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]
      return `${prefixOf(id)}${Buffer.concat(parts).toString('base64url')}`
    },
    open(sealed, place) {
      const key = keys.find(({ id }) => sealed.startsWith(prefixOf(id)))
      if (key === undefined) return null
      const bytes = Buffer.from(sealed.slice(prefixOf(key.id).length), 'base64url')
      if (bytes.length < IV_BYTES + TAG_BYTES) return null
      const decipher = createDecipheriv(CIPHER, key.cipherKey, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(-TAG_BYTES))
      try {
        return decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      } catch {
        // Not authentic: GCM says no more than that.
        return null
      }
    },
    isSealed: (text) => text.startsWith(MARK),
    isCurrent: (text) => text.startsWith(prefixOf(current().id)),
    rotate,
  }
}

const MARK = 'sealed:'

function prefixOf(keyId: string): string {
  return `${MARK}${keyId}:`
}

/** What is stored is not used as it is: another use of the same file would have another key. */
function sealingKey({ id, key }: StoredKey): SealingKey {
  const derived = hkdfSync('sha256', Buffer.from(key, 'base64url'), '', 'koyalite secret box', 32)
  return { id, cipherKey: new Uint8Array(derived) }
}
