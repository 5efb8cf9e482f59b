import { AppError, type Tx, type UserFacts } from '@koyalite/contracts'
import { z } from 'zod'
import { type AuthContext, audit, charge, type RequestContext } from '../../auth-context'
import { clearLoginFailures } from '../../store/login-failures'
import { consumeOneTimeToken, countAttempt, insertOneTimeToken, peekOneTimeToken } from '../../store/one-time-tokens'
import { equalSecrets, hashSecret, randomDigits } from '../../tokens/secret'
import { recipientOf } from '../accounts/mail-link'
import { mailLocale } from '../accounts/mail-locale'
import { proveAddress } from '../accounts/prove-address'
import { emailInput, localeInput } from '../inputs'
import { countLoginFailure, isLocked, mailedCodeAccount, requireUnlocked } from './login-lock'
import { type SignIn, signInUser } from './sign-in-user'

const OTP_TTL = 10 * 60_000
/** Of a million codes; then the code is gone. */
const GUESSES = 5

export const otpRequestInput = z.strictObject({ email: emailInput, locale: localeInput })
export type OtpRequestInput = z.output<typeof otpRequestInput>
export const otpVerifyInput = z.strictObject({ email: emailInput, code: z.string().max(20) })
export type OtpVerifyInput = z.output<typeof otpVerifyInput>

/**
 * Sends a code that signs in. The response does not show whether there is such a user. A new code replaces the last.
 */
export async function requestOtp(
  context: AuthContext,
  request: RequestContext,
  { email, locale: asked }: OtpRequestInput,
): Promise<void> {
  charge(context, request, { name: 'mail', rate: context.settings.auth.rate_limit.mail, account: email })
  await context.database.write((tx) => {
    const user = context.users.byEmail(tx, email)
    audit(context, tx, request, {
      event: 'auth.otp_requested',
      ...(user ? { target: { kind: 'user', id: user.id, name: email } } : { outcome: 'failure' }),
    })
    // Without a user a code is made for nobody, so that the response takes as long.
    const { recipient, exists } = recipientOf(tx, user)
    const code = randomDigits(6)
    const hash = codeId(email)
    insertOneTimeToken(tx, {
      hash,
      purpose: 'otp',
      subject: recipient.id,
      // Sealed, for a hash of six digits hides nothing.
      data: context.runtime.secrets.seal(code, hash),
      expiresAt: request.time + OTP_TTL,
    })
    const locale = mailLocale(recipient, asked)
    const mail = { template: 'otp', to: recipient.email, code, validFor: OTP_TTL, locale } as const
    if (exists) context.mail.queue(tx, mail)
    else context.mail.discard(tx, mail)
  })
}

/** Signs in with a code, once. Throws UNAUTHENTICATED, RATE_LIMITED. */
export function verifyOtp(context: AuthContext, request: RequestContext, input: OtpVerifyInput): Promise<SignIn> {
  return confirmMailedCode(context, request, input, (tx, user) => {
    proveAddress(context, tx, user, request)
    return signInUser(context, tx, { userId: user.id, method: 'otp', request })
  })
}

/**
 * Runs something once if the caller has the code that was mailed to an address. Throws UNAUTHENTICATED, RATE_LIMITED.
 */
export async function confirmMailedCode<T>(
  context: AuthContext,
  request: RequestContext,
  { email, code }: OtpVerifyInput,
  work: (tx: Tx, user: UserFacts) => T,
): Promise<T> {
  charge(context, request, { name: 'login', rate: context.settings.auth.rate_limit.login, account: email })
  const account = mailedCodeAccount(email)
  requireUnlocked(context, account, request.time)
  const { value } = await context.database.write((tx) => {
    const id = codeId(email)
    const known = peekOneTimeToken(tx, 'otp', id, request.time)
    const expected = typeof known?.data === 'string' ? context.runtime.secrets.open(known.data, id) : null
    const user = known?.subject ? context.users.byId(tx, known.subject) : null
    const locked = isLocked(tx, account, request.time)
    const matches = !locked && expected !== null && equalSecrets(code.replaceAll(/\s/g, ''), expected)
    if (!user || user.email !== email || !matches) {
      countAttempt(tx, 'otp', id, GUESSES)
      countLoginFailure(tx, account, request.time)
      const actor = { kind: 'anonymous', id: null, name: email.slice(0, 254) } as const
      audit(context, tx, request, { event: 'auth.login', outcome: 'failure', actor, details: { method: 'otp' } })
      return null
    }
    consumeOneTimeToken(tx, 'otp', id, request.time)
    clearLoginFailures(tx, account)
    return { done: work(tx, user) }
  })
  if (value === null) throw new AppError('UNAUTHENTICATED', 'The code is wrong or has expired.')
  return value.done
}

/** One code per address at a time. */
function codeId(email: string): string {
  return hashSecret(`otp ${email}`)
}
