import { AppError } from '@koyalite/contracts'
import { parseInput } from '@koyalite/kernel'
import { z } from 'zod'
import { type AuthContext, audit, charge, type Visit } from '../../auth-context'
import { emailInput, secretInput } from '../../parse-input'
import { sendAskedLink, takeLink } from '../accounts/mail-link'
import { proveAddress } from '../accounts/prove-address'
import { type SignIn, signInUser } from './sign-in-user'

export const magicLinkInput = z.union([z.strictObject({ email: emailInput }), z.strictObject({ token: secretInput })], {
  error: 'Send {"email"} to request a link, or {"token"} from the link to sign in.',
})

/** With an address: sends a link that signs in; null, whoever asks. With the link's token: signs in, once. */
export async function magicLink(context: AuthContext, visit: Visit, input: unknown): Promise<SignIn | null> {
  const parsed = parseInput(magicLinkInput, input)
  if ('token' in parsed) return signInByLink(context, visit, parsed.token)
  await requestLink(context, visit, parsed.email)
  return null
}

async function requestLink(context: AuthContext, visit: Visit, email: string): Promise<void> {
  charge(context, visit, { name: 'mail', rate: context.settings.auth.rate_limit.mail, account: email })
  await context.database.write((tx) => {
    const user = context.users.byEmail(tx, email)
    audit(context, tx, visit, {
      event: 'auth.magic_link_requested',
      ...(user ? { target: { kind: 'user', id: user.id, name: email } } : { outcome: 'failure' }),
    })
    sendAskedLink(context, tx, user, 'magic_link')
  })
}

async function signInByLink(context: AuthContext, visit: Visit, token: string): Promise<SignIn> {
  charge(context, visit, { name: 'login', rate: context.settings.auth.rate_limit.login })
  const { value: signIn } = await context.database.write((tx) => {
    const user = takeLink(context, tx, 'magic_link', token)
    if (!user) return null
    proveAddress(context, tx, user, visit)
    return signInUser(context, tx, { userId: user.id, method: 'magic_link', visit })
  })
  if (signIn === null) throw new AppError('UNAUTHENTICATED', 'The link is invalid or has expired. Request a new one.')
  return signIn
}
