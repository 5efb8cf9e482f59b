import { AppError } from '@koyalite/contracts'
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { z } from 'zod'
import type { UserInPerson } from '../../actors'
import { type AuthContext, audit, charge, type RequestContext } from '../../auth-context'
import { deletePasskey, insertPasskey, type Passkey, passkeysOf, usePasskey } from '../../store/passkeys'
import { promoteAnonymous } from '../accounts/promote-anonymous'
import { requireFresh } from '../sign-in/require-fresh'
import { type SignIn, signInUser } from '../sign-in/sign-in-user'
import {
  asTransports,
  credentialInput,
  keepChallenge,
  provePasskey,
  relyingParty,
  takeChallenge,
  webAuthn,
  wrongPasskey,
} from './passkey-ceremony'

const MAX_PASSKEYS = 20

export const passkeyOptionsInput = z.strictObject({ for: z.enum(['register', 'login']) })
export const registerPasskeyInput = z.strictObject({
  credential: credentialInput,
  name: z.string().trim().min(1).max(100).optional(),
})
export type RegisterPasskeyInput = z.output<typeof registerPasskeyInput>
export const passkeyLoginInput = z.strictObject({ credential: credentialInput })
export type PasskeyLoginInput = z.output<typeof passkeyLoginInput>

/**
 * What the browser needs to use a passkey: the same for everybody, so it shows nothing of who exists. Throws
 * RATE_LIMITED.
 */
export async function passkeyLoginOptions(
  context: AuthContext,
  request: RequestContext,
): Promise<PublicKeyCredentialRequestOptionsJSON> {
  chargeOptions(context, request)
  const { rpID } = relyingParty(context)
  const { generateAuthenticationOptions } = await webAuthn()
  // Without a list of credentials: the authenticator shows those it has, and says whose they are.
  const options = await generateAuthenticationOptions({ rpID, userVerification: 'required' })
  await keepChallenge(context, request, 'passkey_login', options.challenge, null)
  return options
}

/**
 * What the browser needs to make a passkey, for who has a fresh sign-in: a new passkey signs the challenge in it.
 * Throws FORBIDDEN, RATE_LIMITED.
 */
export async function passkeyCreationOptions(
  context: AuthContext,
  request: RequestContext<UserInPerson>,
): Promise<PublicKeyCredentialCreationOptionsJSON> {
  chargeOptions(context, request)
  const { actor } = request
  requireFresh(context, request)
  const { rpID } = relyingParty(context)
  const { generateRegistrationOptions } = await webAuthn()
  const options = await generateRegistrationOptions({
    rpName: context.settings.name,
    rpID,
    userID: new TextEncoder().encode(actor.id),
    userName: actor.email,
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    excludeCredentials: passkeysOf(context.database, actor.id).map(({ id, transports }) => ({
      id,
      transports: asTransports(transports),
    })),
  })
  await keepChallenge(context, request, 'passkey_register', options.challenge, actor.id)
  return options
}

function chargeOptions(context: AuthContext, request: RequestContext): void {
  charge(context, request, { name: 'passkey', rate: context.settings.auth.rate_limit.login })
}

export interface PasskeyView {
  readonly id: string
  readonly name: string | null
  readonly created_at: string
  readonly last_used_at: string | null
}

/**
 * Adds a passkey to the caller's account; an anonymous user is a full one then. Throws VALIDATION_ERROR where it does
 * not verify, CONFLICT where it is registered.
 */
export async function registerPasskey(
  context: AuthContext,
  request: RequestContext<UserInPerson>,
  { credential, name }: RegisterPasskeyInput,
): Promise<PasskeyView> {
  const { actor } = request
  const challenge = await takeChallenge(context, request, 'passkey_register', credential.response.clientDataJSON)
  if (challenge?.subject !== actor.id) throw invalidCredential()
  const { rpID, origins } = relyingParty(context)
  const { verifyRegistrationResponse } = await webAuthn()
  const { registrationInfo } = await verifyRegistrationResponse({
    response: credential as unknown as RegistrationResponseJSON,
    expectedChallenge: challenge.challenge,
    expectedOrigin: [...origins],
    expectedRPID: rpID,
    requireUserVerification: true,
  }).catch((cause: unknown) => {
    throw invalidCredential(cause)
  })
  if (!registrationInfo) throw invalidCredential()
  const { id, publicKey, counter, transports = [] } = registrationInfo.credential
  const passkey: Passkey = {
    id,
    userId: actor.id,
    publicKey,
    counter,
    transports,
    name: name ?? null,
    createdAt: request.time,
    usedAt: null,
  }
  await context.database.write((tx) => {
    if (passkeysOf(tx, actor.id).length >= MAX_PASSKEYS)
      throw new AppError('CONFLICT', `An account has at most ${MAX_PASSKEYS} passkeys.`)
    if (!insertPasskey(tx, passkey)) throw new AppError('CONFLICT', 'This passkey is already registered.')
    audit(context, tx, request, { event: 'auth.passkey_added', target: { kind: 'passkey', id } })
    promoteAnonymous(context, tx, request, { userId: actor.id, present: actor.sessionId, method: 'passkey' })
  })
  return passkeyView(passkey)
}

/**
 * Signs in with a passkey: something one has, opened by something one knows or is, so no other factor is required.
 * Throws UNAUTHENTICATED.
 */
export async function loginWithPasskey(
  context: AuthContext,
  request: RequestContext,
  { credential }: PasskeyLoginInput,
): Promise<SignIn> {
  const { passkey, counter } = await provePasskey(context, request, credential)
  const { value } = await context.database.write((tx) => {
    const isThere = context.users.byId(tx, passkey.userId) !== null
    if (!isThere || !usePasskey(tx, passkey.id, counter, request.time)) return null
    return signInUser(context, tx, { userId: passkey.userId, method: 'passkey', request, secondFactor: { done: true } })
  })
  if (value === null) throw wrongPasskey()
  return value
}

export function listPasskeys(context: AuthContext, { actor }: RequestContext<UserInPerson>): readonly PasskeyView[] {
  return passkeysOf(context.database, actor.id).map(passkeyView)
}

/** Throws FORBIDDEN where the sign-in is too long ago, NOT_FOUND. */
export async function removePasskey(
  context: AuthContext,
  request: RequestContext<UserInPerson>,
  id: string,
): Promise<void> {
  const { actor } = request
  requireFresh(context, request)
  await context.database.write((tx) => {
    if (!deletePasskey(tx, actor.id, id)) throw new AppError('NOT_FOUND', 'You have no such passkey.')
    audit(context, tx, request, { event: 'auth.passkey_removed', target: { kind: 'passkey', id } })
  })
}

function passkeyView({ id, name, createdAt, usedAt }: Passkey): PasskeyView {
  return {
    id,
    name,
    created_at: new Date(createdAt).toISOString(),
    last_used_at: usedAt === null ? null : new Date(usedAt).toISOString(),
  }
}

function invalidCredential(cause?: unknown): AppError {
  const message = 'the passkey could not be verified; ask for new options and try again'
  return new AppError('VALIDATION_ERROR', message, {
    details: [{ field: 'credential', code: 'invalid', message }],
    cause,
  })
}
