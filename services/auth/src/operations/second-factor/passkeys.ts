import { AppError } from '@koyalite/contracts'
import { parseInput } from '@koyalite/kernel'
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { z } from 'zod'
import { type AuthContext, audit, charge, type Visit } from '../../auth-context'
import { deletePasskey, insertPasskey, type Passkey, passkeysOf, usePasskey } from '../../store/passkeys'
import { promoteAnonymous } from '../accounts/promote-anonymous'
import { requireUserInPerson } from '../sign-in/require-actor'
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
export const passkeyLoginInput = z.strictObject({ credential: credentialInput })

export type PasskeyOptions = PublicKeyCredentialCreationOptionsJSON | PublicKeyCredentialRequestOptionsJSON

/**
 * What the browser needs to make or use a passkey. A login's options are the same for everybody: they tell nothing of who exists.
 * Those to make one are for whose sign-in is fresh, and the challenge in them is what a new passkey must answer.
 */
export async function passkeyOptions(context: AuthContext, visit: Visit, input: unknown): Promise<PasskeyOptions> {
  const parsed = parseInput(passkeyOptionsInput, input)
  charge(context, visit, { name: 'passkey', rate: context.settings.auth.rate_limit.login })
  const { rpID } = relyingParty(context)
  const { generateAuthenticationOptions, generateRegistrationOptions } = await webAuthn()
  if (parsed.for === 'login') {
    // Without a list of credentials: the authenticator shows those it has, and says whose they are.
    const options = await generateAuthenticationOptions({ rpID, userVerification: 'required' })
    await keepChallenge(context, visit, 'passkey_login', options.challenge, null)
    return options
  }
  const actor = requireFresh(context, visit)
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
  await keepChallenge(context, visit, 'passkey_register', options.challenge, actor.id)
  return options
}

export interface PasskeyView {
  readonly id: string
  readonly name: string | null
  readonly created_at: string
  readonly last_used_at: string | null
}

/** Adds a passkey to the caller's account; an anonymous user is a full one then. Throws VALIDATION_ERROR where it does not verify, CONFLICT where it is registered. */
export async function registerPasskey(context: AuthContext, visit: Visit, input: unknown): Promise<PasskeyView> {
  const actor = requireUserInPerson(visit.actor)
  const { credential, name } = parseInput(registerPasskeyInput, input)
  const challenge = await takeChallenge(context, visit, 'passkey_register', credential.response.clientDataJSON)
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
    createdAt: visit.time,
    usedAt: null,
  }
  await context.database.write((tx) => {
    if (passkeysOf(tx, actor.id).length >= MAX_PASSKEYS)
      throw new AppError('CONFLICT', `An account has at most ${MAX_PASSKEYS} passkeys.`)
    if (!insertPasskey(tx, passkey)) throw new AppError('CONFLICT', 'This passkey is already registered.')
    audit(context, tx, visit, { event: 'auth.passkey_added', target: { kind: 'passkey', id } })
    promoteAnonymous(context, tx, visit, actor.id, actor.sessionId)
  })
  return passkeyView(passkey)
}

/** Signs in with a passkey: something one has, opened by something one knows or is, so no other factor is asked for. Throws UNAUTHENTICATED. */
export async function loginWithPasskey(context: AuthContext, visit: Visit, input: unknown): Promise<SignIn> {
  const { credential } = parseInput(passkeyLoginInput, input)
  const { passkey, counter } = await provePasskey(context, visit, credential)
  const { value } = await context.database.write((tx) => {
    const isThere = context.users.byId(tx, passkey.userId) !== null
    if (!isThere || !usePasskey(tx, passkey.id, counter, visit.time)) return null
    return signInUser(context, tx, { userId: passkey.userId, method: 'passkey', visit, secondFactor: { done: true } })
  })
  if (value === null) throw wrongPasskey()
  return value
}

export function listPasskeys(context: AuthContext, visit: Visit): readonly PasskeyView[] {
  return passkeysOf(context.database, requireUserInPerson(visit.actor).id).map(passkeyView)
}

/** Throws FORBIDDEN where the sign-in is too long ago, NOT_FOUND. */
export async function removePasskey(context: AuthContext, visit: Visit, id: string): Promise<void> {
  const actor = requireFresh(context, visit)
  await context.database.write((tx) => {
    if (!deletePasskey(tx, actor.id, id)) throw new AppError('NOT_FOUND', 'You have no such passkey.')
    audit(context, tx, visit, { event: 'auth.passkey_removed', target: { kind: 'passkey', id } })
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
