import { AppError, type Tx, type UserFields } from '@koyalite/contracts'
import { isUserInPerson } from '../../actors'
import { type AuthContext, audit, charge, type RequestContext } from '../../auth-context'
import { clearLoginFailures } from '../../store/login-failures'
import { consumeOneTimeToken, insertOneTimeToken, peekOneTimeToken } from '../../store/one-time-tokens'
import { hashSecret, randomSecret } from '../../tokens/secret'
import { invalidate } from '../sessions/end-sessions'
import { countLoginFailure, requireUnlocked, userAccount } from '../sign-in/login-lock'
import { mailLink, sendAccountNotice } from './mail-link'
import { mailLocale } from './mail-locale'
import { openAccount, registeredUser } from './new-account'
import { staleLink } from './password-reset'

const PENDING_TTL = 24 * 3_600_000

/** A registration that waits for the proof of its address, where responses must not show which addresses have an account. */
export interface PendingRegistration {
  /** As it is stored. */
  readonly email: string
  /** Hash of the password. */
  readonly password: string
  readonly fields: UserFields
  /** Id of the anonymous user who becomes a full one. */
  readonly promoted: string | null
}

/**
 * Sends the link that makes the account. An address that has one gets a mail that says so instead. Either way the same
 * is done: the mail that is not sent is made and discarded.
 */
export function requestProof(
  context: AuthContext,
  tx: Tx,
  request: RequestContext,
  registration: PendingRegistration,
): void {
  const { email, promoted } = registration
  const user = context.users.byEmail(tx, email)
  audit(context, tx, request, {
    event: 'auth.registration_requested',
    ...(user ? { outcome: 'failure', target: { kind: 'user', id: user.id, name: email } } : {}),
  })
  const token = randomSecret()
  insertOneTimeToken(tx, {
    hash: hashSecret(token),
    purpose: 'registration',
    subject: promoted,
    data: registration,
    expiresAt: request.time + PENDING_TTL,
  })
  const link = mailLink(context, 'verify-email', token)
  const locale = mailLocale(registration.fields)
  const proof = { template: 'verify_email', to: email, link, validFor: PENDING_TTL, locale } as const
  context.mail[user === null ? 'queue' : 'discard'](tx, proof)
  sendAccountNotice(context, tx, user)
}

/**
 * Makes the account of a registration, for the reader of its mail who also knows its password or is signed in as the
 * anonymous user who registered: anyone can register with a stranger's address. A refusal leaves the link valid.
 * Returns false if the token is not of a registration. Throws UNAUTHENTICATED for a missing or wrong password,
 * RATE_LIMITED, CONFLICT where the address or another unique value was taken since.
 */
export async function completeRegistration(
  context: AuthContext,
  request: RequestContext,
  token: string,
  password: string | undefined,
): Promise<boolean> {
  const hash = hashSecret(token)
  const pending = peekOneTimeToken(context.database, 'registration', hash, request.time)
  if (pending === null) return false
  const registration = pending.data as PendingRegistration
  const { email, fields, promoted } = registration
  const isTheirs = promoted !== null && isUserInPerson(request.actor, promoted)
  if (!isTheirs) await requirePasswordOf(context, request, registration, password)
  const write = registeredUser(context, {
    ...{ method: 'password', promoted, fields, request },
    server: { email, verified: true },
  })
  await context.database.write((tx) => {
    if (consumeOneTimeToken(tx, 'registration', hash, request.time) === null) throw staleLink()
    const userId = write(tx)
    const keep = isTheirs && request.actor.kind === 'user' ? request.actor.sessionId : null
    openAccount(context, tx, request, { userId, password: registration.password, promoted, keep })
    const actor = { kind: 'user', id: userId, name: email } as const
    audit(context, tx, request, { event: 'auth.email_verified', actor })
    invalidate(context, tx, { kind: 'user', id: userId })
  })
  return true
}

/** Wrong ones count like those of a sign-in. */
async function requirePasswordOf(
  context: AuthContext,
  request: RequestContext,
  { email, password: stored }: PendingRegistration,
  password: string | undefined,
): Promise<void> {
  charge(context, request, { name: 'login', rate: context.settings.auth.rate_limit.login, account: email })
  const account = userAccount(email)
  requireUnlocked(context, account, request.time)
  if (password === undefined || password === '')
    throw new AppError('UNAUTHENTICATED', 'Send the password of the registration with the link.')
  const { matches } = await context.runtime.hasher.verify(password, stored)
  await context.database.write((tx) => {
    if (matches) return clearLoginFailures(tx, account)
    countLoginFailure(tx, account, request.time)
    audit(context, tx, request, { event: 'auth.password_confirmation', outcome: 'failure' })
  })
  if (!matches) throw new AppError('UNAUTHENTICATED', 'This is not the password of the registration.')
}
