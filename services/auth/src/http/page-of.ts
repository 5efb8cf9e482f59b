import { isOwnPage, isTrustedPage, type UnidentifiedRequest } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'
import type { SubjectKind } from '../store/sessions'

/** Whether the page that sends a request may use the cookies of such a session. */
export function isPageOf(
  context: AuthContext,
  { headers }: Pick<UnidentifiedRequest, 'headers'>,
  kind: SubjectKind,
): boolean {
  if (kind === 'operator') return isOwnPage(headers, context.studioUrl())
  const url = context.publicUrl()
  return isTrustedPage(headers, { url, cors: context.settings.server.cors })
}
