import { AppError, type Tx, type UserFacts, type UserFields } from '@koyalite/contracts'
import type { UserInPerson } from '../../actors'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import type { ProviderProfile } from '../../oauth/provider-definition'
import { findAccount, insertAccount } from '../../store/accounts'
import { deleteIdentitiesOf, deleteIdentity, findIdentity, identitiesOf, insertIdentity } from '../../store/identities'
import { passkeysOf } from '../../store/passkeys'
import { sendVerification } from '../accounts/mail-link'
import { giveAddress, promoteAnonymous } from '../accounts/promote-anonymous'
import { markVerified, proveAddress } from '../accounts/prove-address'
import { requireOpenRegistration } from '../accounts/require-open-registration'
import { requireFresh } from '../sign-in/require-fresh'
import { createProfile } from './profile-fields'

/** A profile whose account id was checked, with the fields of `users` that its claims map to. */
export interface KnownProfile extends Omit<ProviderProfile, 'claims'> {
  readonly subject: string
  readonly fields: UserFields
}

export interface ProfileOf {
  readonly provider: string
  readonly profile: KnownProfile
}

/** Somebody who signs in with a provider. */
export interface Arrival extends ProfileOf {
  /** Fields of the user that they have given themself, for a new account; null: they were not asked. */
  readonly given: UserFields | null
}

/**
 * The user whom an account at a provider signs in: the one it is linked to; else the one with its address, if both
 * sides have proved that address; else a new one. SPEC.md, section P. Throws CONFLICT, VALIDATION_ERROR,
 * ProfileIncompleteError, FORBIDDEN where it would be a new one and registration is closed. Where enumeration is hidden,
 * an address that the provider does not vouch for leads nowhere.
 */
export function userOfProfile(
  context: AuthContext,
  tx: Tx,
  request: RequestContext,
  { provider, profile, given }: Arrival,
): string {
  const known = findIdentity(tx, provider, profile.subject)
  const linked = known && context.users.byId(tx, known.userId)
  if (linked && !provesAddress(linked, profile)) return linked.id
  // Of a deleted user.
  if (known && !linked) deleteIdentitiesOf(tx, known.userId)
  const { email } = profile
  if (email === null) {
    const message = 'The provider returned no usable email address. Allow access to it there, or register here.'
    throw new AppError('VALIDATION_ERROR', message, { details: [{ field: 'email', code: 'email_missing', message }] })
  }
  if (!profile.emailVerified && context.settings.auth.enumeration === 'hidden') throw unverified()
  const user = context.users.byEmail(tx, email)
  if (!user) return createFromProfile(context, tx, request, { provider, profile, given })
  if (!profile.emailVerified) {
    throw new AppError(
      'CONFLICT',
      'An account with this email address exists, and the provider has not verified the address. Sign in to that account, then link the provider.',
    )
  }
  proveAddress(context, tx, user, request)
  addIdentity(tx, request, { userId: user.id, provider, profile })
  const actor = { kind: 'user', id: user.id, name: user.email } as const
  audit(context, tx, request, {
    event: 'auth.identity_linked',
    actor,
    details: { provider, was_verified: user.verified },
  })
  return user.id
}

/** The same whether another account has the address or not. */
function unverified(): AppError {
  const message =
    'The provider has not verified your email address. Register with it here, or sign in and link the provider.'
  return new AppError('VALIDATION_ERROR', message, { details: [{ field: 'email', code: 'email_unverified', message }] })
}

/**
 * Links an account at a provider to a user who is signed in: they have shown that both are theirs. An anonymous user
 * becomes a full one, with the provider's address. Throws NOT_FOUND, CONFLICT.
 */
export function linkIdentity(
  context: AuthContext,
  tx: Tx,
  request: RequestContext,
  link: ProfileOf & { readonly userId: string; readonly sessionId: string },
): void {
  const user = context.users.byId(tx, link.userId)
  if (!user) throw new AppError('NOT_FOUND', 'The account no longer exists.')
  const known = findIdentity(tx, link.provider, link.profile.subject)
  if (known?.userId === user.id) return
  if (known && context.users.byId(tx, known.userId))
    throw new AppError('CONFLICT', 'This account is already linked to another user.')
  if (known) deleteIdentitiesOf(tx, known.userId)
  addIdentity(tx, request, link)
  const actor = { kind: 'user', id: user.id, name: user.email } as const
  audit(context, tx, request, { event: 'auth.identity_linked', actor, details: { provider: link.provider } })
  const { email, emailVerified } = link.profile
  if (provesAddress(user, link.profile)) markVerified(context, tx, user.id, request)
  // An address that nobody has proved could be another user's, which must not show: then they have none yet.
  const isShowable = emailVerified || context.settings.auth.enumeration === 'visible'
  if (email !== null && isShowable && findAccount(tx, user.id).anonymous)
    giveAddress(context, tx, request, user, { email, verified: emailVerified })
  promoteAnonymous(context, tx, request, {
    ...{ userId: user.id, present: link.sessionId, method: `oauth:${link.provider}` },
  })
}

/** Whether a provider vouches for the very address of a user that nobody has proved so far. */
function provesAddress(user: UserFacts, { email, emailVerified }: KnownProfile): boolean {
  return !user.verified && emailVerified && email === user.email
}

export interface IdentityView {
  readonly provider: string
  readonly email: string | null
  readonly linked_at: string
}

export function listIdentities(context: AuthContext, { actor }: RequestContext<UserInPerson>): readonly IdentityView[] {
  return identitiesOf(context.database, actor.id).map(({ provider, email, createdAt }) => ({
    provider,
    email,
    linked_at: new Date(createdAt).toISOString(),
  }))
}

/**
 * Takes a link away again. Throws FORBIDDEN where the sign-in is too long ago, NOT_FOUND, CONFLICT where nothing else
 * would sign the user in.
 */
export async function unlinkIdentity(
  context: AuthContext,
  request: RequestContext<UserInPerson>,
  provider: string,
): Promise<void> {
  const { actor } = request
  requireFresh(context, request)
  await context.database.write((tx) => {
    if (!deleteIdentity(tx, actor.id, provider))
      throw new AppError('NOT_FOUND', `Your account is not linked to '${provider}'.`)
    const another =
      findAccount(tx, actor.id).password !== null ||
      passkeysOf(tx, actor.id).length > 0 ||
      identitiesOf(tx, actor.id).length > 0
    if (!another)
      throw new AppError('CONFLICT', 'This is your only way to sign in: set a password or add a passkey first.')
    audit(context, tx, request, { event: 'auth.identity_unlinked', details: { provider } })
  })
}

function createFromProfile(
  context: AuthContext,
  tx: Tx,
  request: RequestContext,
  { provider, profile, given }: Arrival,
): string {
  requireOpenRegistration(context)
  const { email, emailVerified, fields } = profile
  // An address is there: without one nobody gets here.
  const wanted = { provider, mapped: fields, given, email: email ?? '', verified: emailVerified }
  const userId = createProfile(context, tx, request, wanted)
  insertAccount(tx, { userId, password: null, anonymous: false, at: request.time })
  addIdentity(tx, request, { userId, provider, profile })
  audit(context, tx, request, { event: 'auth.registered', target: { kind: 'user', id: userId }, details: { provider } })
  sendVerification(context, tx, userId)
  return userId
}

function addIdentity(
  tx: Tx,
  request: RequestContext,
  { userId, provider, profile }: ProfileOf & { readonly userId: string },
): void {
  if (identitiesOf(tx, userId).some((identity) => identity.provider === provider)) {
    throw new AppError('CONFLICT', `The user is already linked to another account at '${provider}'.`)
  }
  insertIdentity(tx, { provider, subject: profile.subject, userId, email: profile.email, createdAt: request.time })
}
