import { AppError } from '@koyalite/contracts'
import type { AuthContext } from '../../auth-context'

/**
 * Asked by every way that makes an account without an operator. Throws FORBIDDEN where `auth.registration` is closed.
 */
export function requireOpenRegistration(context: AuthContext): void {
  if (context.settings.auth.registration === 'open') return
  throw new AppError('FORBIDDEN', 'Registration is closed. Contact the administrator of this site for an account.')
}
