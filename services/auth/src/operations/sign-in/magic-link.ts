import { AppError } from '@koyalite/contracts'
import { z } from 'zod'
import { type AuthContext, audit, charge, type RequestContext } from '../../auth-context'
import { sendAskedLink, takeLink } from '../accounts/mail-link'
import { proveAddress } from '../accounts/prove-address'
import { emailInput, localeInput, secretInput } from '../inputs'
import { type SignIn, signInUser } from './sign-in-user'

export const magicLinkInput = z.union(
  [z.strictObject({ email: emailInput, locale: localeInput }), z.strictObject({ token: secretInput })],
  {
    error: 'Send {"email"} to request a link, or {"token"} from the link to sign in.',
  },
)

/** Sends a link that signs in. The response does not show whether there is such a user. Throws RATE_LIMITED. */
export async function requestMagicLink(
  context: AuthContext,
  request: RequestContext,
  { email, locale }: { readonly email: string; readonly locale?: string | undefined },
): Promise<void> {
  charge(context, request, { name: 'mail', rate: context.settings.auth.rate_limit.mail, account: email })
  await context.database.write((tx) => {
    const user = context.users.byEmail(tx, email)
    audit(context, tx, request, {
      event: 'auth.magic_link_requested',
      ...(user ? { target: { kind: 'user', id: user.id, name: email } } : { outcome: 'failure' }),
    })
    sendAskedLink(context, tx, user, { kind: 'magic_link', locale })
  })
}

/** Signs in by the token of a link, once. Throws UNAUTHENTICATED, FORBIDDEN, RATE_LIMITED. */
export async function signInByMagicLink(context: AuthContext, request: RequestContext, token: string): Promise<SignIn> {
  charge(context, request, { name: 'login', rate: context.settings.auth.rate_limit.login })
  const { value: signIn } = await context.database.write((tx) => {
    const user = takeLink(context, tx, 'magic_link', token)
    if (!user) return null
    proveAddress(context, tx, user, request)
    return signInUser(context, tx, { userId: user.id, method: 'magic_link', request })
  })
  if (signIn === null) throw new AppError('UNAUTHENTICATED', 'The link is invalid or has expired. Request a new one.')
  return signIn
}
