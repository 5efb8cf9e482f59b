import { AppError, type Tx } from '@koyalite/contracts'
import { z } from 'zod'
import type { UserInPerson } from '../../actors'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { usePasskey } from '../../store/passkeys'
import { saveSessionProof } from '../../store/session-proofs'
import { findTotp } from '../../store/totp'
import { credentialInput, provePasskey, wrongPasskey } from '../second-factor/passkey-ceremony'
import { withFactor } from '../second-factor/totp'
import { confirmPassword } from './confirm-password'
import { confirmMailedCode } from './email-otp'
import { freshUntil } from './require-fresh'

const code = z.string().max(40)

export const reauthenticateInput = z.union(
  [
    z.strictObject({ password: z.string() }),
    z.strictObject({ code }),
    z.strictObject({ recovery_code: code }),
    z.strictObject({ mailed_code: code }),
    z.strictObject({ credential: credentialInput }),
  ],
  { error: 'Send one of password, code, recovery_code, mailed_code, or a passkey credential.' },
)
export type ReauthenticateInput = z.output<typeof reauthenticateInput>

/**
 * Takes another proof that the person who uses a session is its user. Each is checked, limited and counted as at a sign-in.
 * Returns until when the session counts as fresh. Throws UNAUTHENTICATED or VALIDATION_ERROR for a wrong one,
 * RATE_LIMITED, FORBIDDEN, CONFLICT.
 */
export async function reauthenticate(
  context: AuthContext,
  request: RequestContext<UserInPerson>,
  proof: ReauthenticateInput,
): Promise<{ readonly fresh_until: string }> {
  const { actor } = request
  const proved = (tx: Tx, method: string): void => {
    saveSessionProof(tx, actor.sessionId, request.time)
    audit(context, tx, request, { event: 'auth.reauthenticated', details: { method } })
  }
  if ('password' in proof) {
    await confirmPassword(context, request, actor, proof.password)
    await context.database.write((tx) => proved(tx, 'password'))
  } else if ('mailed_code' in proof) {
    requireNoSecondFactor(context, actor)
    await confirmMailedCode(context, request, { email: actor.email, code: proof.mailed_code }, (tx) =>
      proved(tx, 'otp'),
    )
  } else if ('credential' in proof) {
    const { passkey, counter } = await provePasskey(context, request, proof.credential)
    if (passkey.userId !== actor.id) throw wrongPasskey()
    await context.database.write((tx) => {
      if (!usePasskey(tx, passkey.id, counter, request.time)) throw wrongPasskey()
      proved(tx, 'passkey')
    })
  } else {
    await withFactor(context, request, proof, (tx) => proved(tx, 'code' in proof ? 'totp' : 'recovery_code'))
  }
  return { fresh_until: new Date(freshUntil(context, request.time)).toISOString() }
}

/** A mailbox alone does not sign such a user in. */
function requireNoSecondFactor({ database }: AuthContext, { id }: UserInPerson): void {
  if (findTotp(database, id)?.active)
    throw new AppError(
      'FORBIDDEN',
      'You have a second factor: send a code from your authenticator app, or a recovery code.',
    )
}
