import { Secret, TOTP } from 'otpauth'
import { hashSecret } from '../../tokens/secret'

/** Seconds of a code, as every app assumes. */
const PERIOD = 30

/** 160 random bits, base32: what RFC 4226 recommends. */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32
}

/** What an authenticator app reads from a QR code. */
export function otpauthUri(secret: string, who: { readonly issuer: string; readonly label: string }): string {
  return new TOTP({ secret: Secret.fromBase32(secret), period: PERIOD, ...who }).toString()
}

/**
 * The time step that a code belongs to, if it is right for now, or one step before or after: clocks differ. Null for a
 * wrong one.
 */
export function totpStep(secret: string, code: string, now: number): number | null {
  const token = code.replaceAll(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return null
  const totp = new TOTP({ secret: Secret.fromBase32(secret), period: PERIOD })
  const delta = totp.validate({ token, timestamp: now, window: 1 })
  return delta === null ? null : Math.floor(now / 1000 / PERIOD) + delta
}

const ALPHABET = 'abcdefghjkmnpqrstvwxyz0123456789'

/** Ten codes of 80 random bits, in groups that can be typed. Without letters that look like others. */
export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: 10 }, () => {
    const characters = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => ALPHABET[byte % 32] ?? '')
    return [0, 4, 8, 12].map((at) => characters.slice(at, at + 4).join('')).join('-')
  })
}

/** However it was typed. */
export function recoveryCodeHash(code: string): string {
  return hashSecret(`recovery ${code.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}`)
}
