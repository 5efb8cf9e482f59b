import { pbkdf2Sync } from 'node:crypto'
import type { Connection } from './driver'

/** Sets the key of its file on a connection that has read nothing yet: a passphrase, or what `derivedKey` returned. A new file gets a salt of its own. */
export function unlock(connection: Connection, key: string): void {
  connection.pragma("cipher = 'sqlcipher'")
  connection.pragma('legacy = 4')
  // The driver reads the salt of a file, or draws that of a new one, when it is given a key: any key.
  if (!RAW_KEY.test(key)) connection.key(Buffer.from(`raw:${'0'.repeat(2 * KEY_BYTES)}`))
  connection.key(Buffer.from(derivedKey(connection, key)))
}

/**
 * The key that SQLCipher 4 derives from a passphrase with the salt of the connection's file, in the driver's form `raw:<key><salt>`. It opens this file
 * alone, at once: deriving takes about 100 ms of processor time, so a process does it once, and passes the result to its threads and readers. As
 * secret as the passphrase. A key that is raw already is returned as it is.
 */
export function derivedKey(connection: Connection, key: string): string {
  if (RAW_KEY.test(key)) return key
  const salt = String(connection.pragma('cipher_salt', { simple: true }))
  const known = derived.find((one) => one.salt === salt && one.passphrase === key)
  if (known !== undefined) return known.raw
  return remember({ passphrase: key, salt, raw: deriveKey(key, Buffer.from(salt, 'hex')) })
}

/** The same for a file that does not exist yet: to be created with exactly this key. */
export function newDerivedKey(key: string): string {
  if (RAW_KEY.test(key)) return key
  const salt = crypto.getRandomValues(Buffer.alloc(SALT_BYTES))
  return remember({ passphrase: key, salt: salt.toString('hex').toUpperCase(), raw: deriveKey(key, salt) })
}

interface Derived {
  readonly passphrase: string
  readonly salt: string
  readonly raw: string
}

/** The last few: an old and a new key at the same time, a backup. */
const derived: Derived[] = []
const MAX_DERIVED = 4

function remember(one: Derived): string {
  derived.unshift(one)
  derived.length = Math.min(derived.length, MAX_DERIVED)
  return one.raw
}

/** What the driver takes for a key that needs no derivation. */
const RAW_KEY = /^(?:raw:|x')/i
const KEY_BYTES = 32
const SALT_BYTES = 16
/** Of SQLCipher 4; with another number its own shell could not open the file. */
const ITERATIONS = 256_000

function deriveKey(passphrase: string, salt: Buffer): string {
  const key = pbkdf2Sync(Buffer.from(passphrase, 'utf8'), salt, ITERATIONS, KEY_BYTES, 'sha512')
  return `raw:${key.toString('hex')}${salt.toString('hex')}`
}
