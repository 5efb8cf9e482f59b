import { AppError } from '@koyalite/contracts'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { resealSecrets } from './reseal-secrets'

/** A new key signs access tokens from now on; those before it verify as long as their tokens live. */
export async function rotateSigningKey(
  context: AuthContext,
  request: RequestContext,
): Promise<{ readonly kid: string }> {
  if (context.settings.auth.jwt.secret !== null) {
    throw new AppError('CONFLICT', 'Access tokens are signed with auth.jwt.secret: change the setting and restart.')
  }
  const { kid } = await context.runtime.signingKeys.rotate()
  await context.database.write((tx) =>
    audit(context, tx, request, { event: 'key.signing_key_rotated', target: { kind: 'signing_key', id: kid } }),
  )
  return { kid }
}

/**
 * A new key seals stored secrets from now on, those that are stored already too. Earlier keys stay: what backups hold
 * opens with them.
 */
export async function rotateSecretKey(context: AuthContext, request: RequestContext): Promise<void> {
  const { secrets } = context.runtime
  await secrets.rotate()
  await resealSecrets(context.database, secrets)
  await context.database.write((tx) => audit(context, tx, request, { event: 'key.secret_key_rotated' }))
}
