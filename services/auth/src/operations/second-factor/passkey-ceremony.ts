import { AppError } from '@koyalite/contracts'
import type { AuthenticationResponseJSON, AuthenticatorTransport } from '@simplewebauthn/server'
import { z } from 'zod'
import { type AuthContext, charge, type RequestContext } from '../../auth-context'
import { consumeOneTimeToken, insertOneTimeToken, type TokenPurpose } from '../../store/one-time-tokens'
import { findPasskey, type Passkey } from '../../store/passkeys'
import { hashSecret } from '../../tokens/secret'

const CHALLENGE_TTL = 5 * 60_000

const base64url = z.string().regex(/^[\w-]{1,20000}$/)
/** Bytes of a request that has one. */
export const CREDENTIAL_LIMIT = 128 * 1024

/** What the browser sends; the library checks its contents. */
export const credentialInput = z.looseObject({
  id: base64url,
  rawId: base64url,
  type: z.literal('public-key'),
  response: z.looseObject({ clientDataJSON: base64url }),
  clientExtensionResults: z.looseObject({}).default({}),
})

/**
 * Verifies a passkey's response to one of our challenges. Returns whose it is, and its own count of uses. Throws
 * UNAUTHENTICATED.
 */
export async function provePasskey(
  context: AuthContext,
  request: RequestContext,
  credential: z.infer<typeof credentialInput>,
): Promise<{ readonly passkey: Passkey; readonly counter: number }> {
  charge(context, request, { name: 'login', rate: context.settings.auth.rate_limit.login })
  const challenge = await takeChallenge(context, request, 'passkey_login', credential.response.clientDataJSON)
  const passkey = findPasskey(context.database, credential.id)
  if (!challenge || !passkey) throw wrongPasskey()
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
    throw wrongPasskey(cause)
  })
  if (!verified || !belongsTo(credential.response, passkey.userId)) throw wrongPasskey()
  return { passkey, counter: authenticationInfo.newCounter }
}

/**
 * Loaded by the first request about passkeys: it takes 80 ms, and most starts never need it. One of its parts wants
 * the polyfill to be there before it; in an executable nothing else sees to that.
 */
export async function webAuthn(): Promise<typeof import('@simplewebauthn/server')> {
  await import('reflect-metadata')
  return import('@simplewebauthn/server')
}

/**
 * The relying party as authenticators know it: `auth.passkeys.rp_id`, or the host of the public address; and the
 * origins whose pages may use its passkeys. A browser accepts the id only from its own domain and those below it.
 */
export function relyingParty(context: AuthContext): { readonly rpID: string; readonly origins: readonly string[] } {
  const own = new URL(context.publicUrl())
  const { passkeys } = context.settings.auth
  const named = passkeys.origins.length > 0 ? passkeys.origins : context.settings.server.cors.origins
  const others = named.filter((origin) => origin !== '*').map((origin) => origin.replace(/\/$/, ''))
  return { rpID: passkeys.rp_id ?? own.hostname, origins: [own.origin, ...others] }
}

export async function keepChallenge(
  context: AuthContext,
  request: RequestContext,
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
      expiresAt: request.time + CHALLENGE_TTL,
    }),
  )
}

/** Consumes the challenge that a response claims to be for. Null where it is not one of ours, or has been used. */
export async function takeChallenge(
  context: AuthContext,
  request: RequestContext,
  purpose: TokenPurpose,
  clientDataJSON: string,
): Promise<{ readonly challenge: string; readonly subject: string | null } | null> {
  const challenge = challengeIn(clientDataJSON)
  if (challenge === null) return null
  const { value } = await context.database.write((tx) =>
    consumeOneTimeToken(tx, purpose, hashSecret(challenge), request.time),
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

export function asTransports(transports: readonly string[]): AuthenticatorTransport[] {
  // What a browser reported, handed back to browsers: unknown ones are ignored there.
  return [...transports] as AuthenticatorTransport[]
}

export function wrongPasskey(cause?: unknown): AppError {
  return new AppError('UNAUTHENTICATED', 'The passkey could not be verified.', { cause })
}
