import type { SecretBox } from '@koyalite/kernel'
import { newSecret, parseSecrets } from '../signing/webhook-secret'
import type { StoredSecret } from '../store/endpoint-rows'

/** How long receivers have to change to another secret, in milliseconds. */
const ROTATION_MS = 86_400_000

/** A new secret, shown once, and what is stored from then on: the one before it signs too, for a day, unless it is revoked. */
export function rotatedSecrets(
  secrets: SecretBox,
  name: string,
  { stored, now, revoke }: { readonly stored: readonly StoredSecret[]; readonly now: number; readonly revoke: boolean },
): { readonly secret: string; readonly stored: readonly StoredSecret[] } {
  const secret = newSecret()
  const [before] = stored
  const kept = revoke || before === undefined ? [] : [{ ...before, until: now + ROTATION_MS }]
  return { secret, stored: [{ sealed: secrets.seal(secret, placeOf(name)), until: null }, ...kept] }
}

/** What signs now, the newest first: none where the key that sealed it is lost. */
export function openSecrets(
  secrets: SecretBox,
  name: string,
  { stored, now }: { readonly stored: readonly StoredSecret[]; readonly now: number },
): readonly string[] {
  return stored
    .filter(({ until }) => until === null || until > now)
    .map(({ sealed }) => secrets.open(sealed, placeOf(name)))
    .filter((secret) => secret !== null)
}

/** Those of an endpoint of the settings, which were checked. */
export function settingsSecrets(secret: string | null): readonly string[] {
  return secret === null ? [] : (parseSecrets(secret) ?? [])
}

function placeOf(name: string): string {
  return `webhook ${name}`
}
