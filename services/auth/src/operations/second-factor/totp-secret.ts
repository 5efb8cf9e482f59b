import type { AuthContext } from '../../auth-context'
import type { SubjectKind } from '../../store/sessions'
import type { Totp } from '../../store/totp'
import { totpStep } from './totp-code'

/** Key under which a second factor is stored. An operator's differs from any user's, whatever their id. */
export function factorId({ kind, id }: { readonly kind: SubjectKind; readonly id: string }): string {
  return kind === 'operator' ? `${FACTOR_OF_OPERATOR}${id}` : id
}

/** No id of a user begins so. */
export const FACTOR_OF_OPERATOR = 'operator '

/** What the secret of a user's app is sealed for. */
export function totpPlace(userId: string): string {
  return `totp ${userId}`
}

/**
 * As `totpStep`, with the secret as it is stored. No code is right where its key is lost: then recovery codes are
 * left, and operators.
 */
export function storedTotpStep(
  context: AuthContext,
  { totp, userId }: { readonly totp: Totp; readonly userId: string },
  { code, now }: { readonly code: string; readonly now: number },
): number | null {
  const secret = context.runtime.secrets.open(totp.secret, totpPlace(userId))
  return secret === null ? null : totpStep(secret, code, now)
}
