import { AppError } from '@koyalite/contracts'
import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { z } from 'zod'
import { type AuthContext, audit, charge, type Visit } from '../auth-context'
import { parseInput } from '../parse-input'
import { hashSecret } from '../secret'
import { consumeOneTimeToken, insertOneTimeToken, type TokenPurpose } from '../store/one-time-tokens'
import { deletePasskey, findPasskey, insertPasskey, type Passkey, passkeysOf, usePasskey } from '../store/passkeys'
import { requireUserInPerson } from './require-actor'
import { type SignIn, signInUser } from './sign-in-user'

const CHALLENGE_TTL = 5 * 60_000
const MAX_PASSKEYS = 20

export const passkeyOptionsInput = z.strictObject({ for: z.enum(['register', 'login']) })
const base64url = z.string().regex(/^[\w-]{1,20000}$/)
/** What the browser gives; the library checks its inside. */
const credentialSchema = z.looseObject({
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  response: z.looseObject({ clientDataJSON: base64url }),
  clientExtensionResults: z.looseObject({}).default({}),
})
export const registerPasskeyInput = z.strictObject({
  credential: credentialSchema,
  name: z.string().trim().min(1).max(100).optional(),
})
export const passkeyLoginInput = z.strictObject({ credential: credentialSchema })

/**
 * Loaded by the first request about passkeys: it takes 80 ms, and most starts never need it. One of its parts wants the polyfill to be there
 * before it; in an executable nothing else sees to that.
 */
async function webAuthn(): Promise<typeof import('@simplewebauthn/server')> {
  await import('reflect-metadata')
  return import('@simplewebauthn/server')
}

export type PasskeyOptions = PublicKeyCredentialCreationOptionsJSON | PublicKeyCredentialRequestOptionsJSON

/** What the browser needs to make or use a passkey. A login's options are the same for everybody: they tell nothing of who exists. */
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
  const actor = requireUserInPerson(visit.actor)
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

/** Adds a passkey to the caller's account. Throws VALIDATION_ERROR where it does not verify, CONFLICT where it is registered. */
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
    if (!insertPasskey(tx, passkey)) throw new AppError('CONFLICT', 'This passkey is registered already.')
    audit(context, tx, visit, { event: 'auth.passkey_added', target: { kind: 'passkey', id } })
  })
  return passkeyView(passkey)
}

/** Signs in with a passkey: something one has, opened by something one knows or is, so no other factor is asked for. Throws UNAUTHENTICATED. */
export async function loginWithPasskey(context: AuthContext, visit: Visit, input: unknown): Promise<SignIn> {
  const { credential } = parseInput(passkeyLoginInput, input)
  charge(context, visit, { name: 'login', rate: context.settings.auth.rate_limit.login })
  const challenge = await takeChallenge(context, visit, 'passkey_login', credential.response.clientDataJSON)
  const passkey = findPasskey(context.database, credential.id)
  if (!challenge || !passkey) throw notSignedIn()
  const { rpID, origins } = relyingParty(context)
  const { verifyAuthenticationResponse } = await webAuthn()
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: credential as unknown as AuthenticationResponseJSON,
    expectedChallenge: challenge.challenge,
    expectedOrigin: [...origins],
    expectedRPID: rpID,
    requireUserVerification: true,
    credential: {
      id: passkey.id,
      publicKey: passkey.publicKey,
      counter: passkey.counter,
      transports: asTransports(passkey.transports),
    },
  }).catch((cause: unknown) => {
    throw notSignedIn(cause)
  })
  if (!verified || !belongsTo(credential.response, passkey.userId)) throw notSignedIn()
  const { value } = await context.database.write((tx) => {
    const isThere = context.users.byId(tx, passkey.userId) !== null
    if (!isThere || !usePasskey(tx, passkey.id, authenticationInfo.newCounter, visit.time)) return null
    return signInUser(context, tx, { userId: passkey.userId, method: 'passkey', visit, secondFactor: { done: true } })
  })
  if (value === null) throw notSignedIn()
  return value
}

export function listPasskeys(context: AuthContext, visit: Visit): readonly PasskeyView[] {
  return passkeysOf(context.database, requireUserInPerson(visit.actor).id).map(passkeyView)
}

export async function removePasskey(context: AuthContext, visit: Visit, id: string): Promise<void> {
  const actor = requireUserInPerson(visit.actor)
  await context.database.write((tx) => {
    if (!deletePasskey(tx, actor.id, id)) throw new AppError('NOT_FOUND', 'You have no such passkey.')
    audit(context, tx, visit, { event: 'auth.passkey_removed', target: { kind: 'passkey', id } })
  })
}

/** Who we are to authenticators: the name of the public address, and the origins whose pages may ask them. */
function relyingParty(context: AuthContext): { readonly rpID: string; readonly origins: readonly string[] } {
  const own = new URL(context.publicUrl())
  const others = context.settings.server.cors.origins
    .filter((origin) => origin !== '*')
    .map((origin) => origin.replace(/\/$/, ''))
  return { rpID: own.hostname, origins: [own.origin, ...others] }
}

async function keepChallenge(
  context: AuthContext,
  visit: Visit,
  purpose: TokenPurpose,
  challenge: string,
  subject: string | null,
): Promise<void> {
  await context.database.write((tx) =>
    insertOneTimeToken(tx, {
      hash: hashSecret(challenge),
      purpose,
      subject,
      data: null,
      expiresAt: visit.time + CHALLENGE_TTL,
    }),
  )
}

/** The challenge that an answer claims to be to, if it is one of ours that nobody has answered yet. */
async function takeChallenge(
  context: AuthContext,
  visit: Visit,
  purpose: TokenPurpose,
  clientDataJSON: string,
): Promise<{ readonly challenge: string; readonly subject: string | null } | null> {
  const challenge = challengeIn(clientDataJSON)
  if (challenge === null) return null
  const { value } = await context.database.write((tx) =>
    consumeOneTimeToken(tx, purpose, hashSecret(challenge), visit.time),
  )
  return value && { challenge, subject: value.subject }
}

function challengeIn(clientDataJSON: string): string | null {
  try {
    const { challenge } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString()) as { challenge?: unknown }
    return typeof challenge === 'string' ? challenge : null
  } catch {
    return null
  }
}

/** The authenticator says whose credential it is; that must be whose we know it to be. */
function belongsTo(response: Readonly<Record<string, unknown>>, userId: string): boolean {
  const { userHandle } = response
  if (userHandle === undefined || userHandle === null || userHandle === '') return true
  return typeof userHandle === 'string' && Buffer.from(userHandle, 'base64url').toString() === userId
}

function passkeyView({ id, name, createdAt, usedAt }: Passkey): PasskeyView {
  return {
    id,
    name,
    created_at: new Date(createdAt).toISOString(),
    last_used_at: usedAt === null ? null : new Date(usedAt).toISOString(),
  }
}

function asTransports(transports: readonly string[]): AuthenticatorTransport[] {
  // What a browser reported, handed back to browsers: unknown ones are ignored there.
  return [...transports] as AuthenticatorTransport[]
}

function invalidCredential(cause?: unknown): AppError {
  const message = 'the passkey could not be verified; ask for new options and try again'
  return new AppError('VALIDATION_ERROR', message, {
    details: [{ field: 'credential', code: 'invalid', message }],
    cause,
  })
}

function notSignedIn(cause?: unknown): AppError {
  return new AppError('UNAUTHENTICATED', 'The passkey could not be verified.', { cause })
}
