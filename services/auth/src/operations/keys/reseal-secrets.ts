import type { Tx } from '@koyalite/contracts'
import type { SecretBox } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { replaceTotpSecret, totpSecrets } from '../../store/totp'
import { totpPlace } from '../second-factor/totp-secret'

/**
 * Seals what is stored in clear, or was sealed with an earlier key, with the one that seals now. What cannot be opened
 * stays as it is.
 */
export async function resealSecrets(database: Database, secrets: SecretBox): Promise<void> {
  const stale = totpSecrets(database).some(({ secret }) => !secrets.isCurrent(secret))
  if (stale) await database.write((tx) => reseal(tx, secrets))
}

function reseal(tx: Tx, secrets: SecretBox): void {
  for (const { userId, secret } of totpSecrets(tx)) {
    if (secrets.isCurrent(secret)) continue
    const place = totpPlace(userId)
    const clear = secrets.isSealed(secret) ? secrets.open(secret, place) : secret
    if (clear !== null) replaceTotpSecret(tx, userId, secrets.seal(clear, place))
  }
}
