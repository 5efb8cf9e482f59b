import { randomBytes } from 'node:crypto'

/** Secrets of Standard Webhooks: 24 to 64 random bytes. */
const PREFIX = 'whsec_'
const MIN_BYTES = 24
const MAX_BYTES = 64

export function newSecret(): string {
  return `${PREFIX}${randomBytes(32).toString('base64')}`
}

/** The bytes that sign; null for what is not a secret. */
export function secretBytes(secret: string): Uint8Array | null {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : ''
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null
  const bytes = Buffer.from(text, 'base64')
  return bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES ? new Uint8Array(bytes) : null
}

/** One secret, or two while receivers change from one to the other, as settings have them; null for anything else. */
export function parseSecrets(text: string): readonly string[] | null {
  const secrets = text.trim().split(/\s+/)
  return secrets.length <= 2 && secrets.every((secret) => secretBytes(secret) !== null) ? secrets : null
}
