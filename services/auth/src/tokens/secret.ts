import { timingSafeEqual } from 'node:crypto'

/** A secret that nobody guesses: 256 random bits, after a prefix that says what it is for. */
export function randomSecret(prefix = ''): string {
  return `${prefix}${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')}`
}

/** Long random secrets are stored as SHA-256: nothing slower is needed. */
export function hashSecret(secret: string): string {
  return new Bun.CryptoHasher('sha256').update(secret).digest('hex')
}

/** A secret derived from another one and a salt. */
export function deriveSecret(prefix: string, secret: string, salt: string): string {
  return `${prefix}${new Bun.CryptoHasher('sha256', salt).update(secret).digest('base64url')}`
}

/** A code that people type. Every one is equally likely. */
export function randomDigits(length: number): string {
  let digits = ''
  while (digits.length < length) {
    // Bytes from 250 on would make the low digits likelier.
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < 250 && digits.length < length) digits += String(byte % 10)
    }
  }
  return digits
}

/** Compares in a time that does not depend on where they differ. */
export function equalSecrets(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(a)), Buffer.from(hashSecret(b)))
}
