import { AppError, type ErrorCode } from '@koyalite/contracts'
import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client'
import { UnsupportedClientError } from './client-authentication'
import { ApiStatusError } from './fetch-json'
import { DiscoveryError } from './provider-client'

/** Why a sign-in with a provider did not come about; the `code` of the error's detail. */
export type ProviderFailure =
  | 'cancelled'
  | 'code_expired'
  | 'provider_unavailable'
  | 'provider_misconfigured'
  | 'provider_refused'
  | 'invalid_answer'

interface Explained {
  readonly code: ErrorCode
  /** @param name of the provider, for people */
  readonly message: (name: string) => string
}

const EXPLAINED: Readonly<Record<ProviderFailure, Explained>> = {
  cancelled: {
    code: 'UNAUTHENTICATED',
    message: (name) => `The sign-in at ${name} was cancelled. Start again, or sign in another way.`,
  },
  code_expired: {
    code: 'UNAUTHENTICATED',
    message: (name) => `The sign-in at ${name} has expired or was already completed. Start again.`,
  },
  provider_unavailable: {
    code: 'UNAVAILABLE',
    message: (name) => `${name} is unreachable at the moment. Try again later.`,
  },
  provider_misconfigured: {
    code: 'UNAVAILABLE',
    message: (name) =>
      `${name} is not configured correctly: check its issuer, client_id, client_secret and redirect URL. The server log has the cause.`,
  },
  provider_refused: {
    code: 'UNAVAILABLE',
    message: (name) => `${name} rejected the request of this application. The server log has the cause.`,
  },
  invalid_answer: {
    code: 'UNAUTHENTICATED',
    message: (name) => `${name} sent an invalid response, so nobody was signed in. The server log has the cause.`,
  },
}

/** The error for a failed sign-in with a provider. Its cause stays in the log. */
export function providerFailure(name: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause
  const reason = reasonOf(cause)
  const { code, message } = EXPLAINED[reason]
  return new AppError(code, message(name), {
    details: [{ field: 'provider', code: reason, message: message(name) }],
    // Without what libraries attach to their errors: responses with tokens in them.
    cause: new Error(describeCause(cause)),
  })
}

/** An error and what caused it, in one line, without values: those may be secret. */
function describeCause(error: unknown): string {
  const parts: string[] = []
  for (let at = error; at instanceof Error && parts.length < 5; at = at.cause) {
    const { code, error: oauth, status } = at as { code?: unknown; error?: unknown; status?: unknown }
    const said = oauthError(oauth)
    const facts = [text(code), said && `error ${said}`, typeof status === 'number' ? `status ${status}` : null]
    const known = facts.filter((fact) => fact !== null && fact !== '')
    parts.push(known.length > 0 ? `${at.message} (${known.join(', ')})` : at.message)
  }
  const claim = claimIn(error)
  return [...(parts.length > 0 ? parts : ['unknown error']), ...(claim === null ? [] : [`claim ${claim}`])]
    .join(': ')
    .slice(0, 1000)
}

function reasonOf(error: unknown): ProviderFailure {
  if (error instanceof DiscoveryError) {
    const reason = reasonOf(error.cause)
    return reason === 'invalid_answer' ? 'provider_misconfigured' : reason
  }
  if (error instanceof AuthorizationResponseError) return reasonOfRefusal(error.error)
  if (error instanceof ResponseBodyError)
    return error.status >= 500 ? 'provider_unavailable' : reasonOfToken(error.error)
  if (error instanceof WWWAuthenticateChallengeError) return 'provider_refused'
  if (error instanceof UnsupportedClientError) return 'provider_misconfigured'
  if (error instanceof ApiStatusError) return error.status >= 500 ? 'provider_unavailable' : 'provider_refused'
  if (error instanceof ClientError) return reasonOfAnswer(error)
  if (isTimeout(error) || isConnection(error)) return 'provider_unavailable'
  return 'invalid_answer'
}

/** What came back with the browser instead of a code. Apple and some others have words of their own for it. */
function reasonOfRefusal(error: string): ProviderFailure {
  switch (error) {
    case 'access_denied':
    case 'user_cancelled_authorize':
    case 'user_cancelled_login':
    case 'user_denied':
    case 'consent_required':
    case 'login_required':
    case 'interaction_required':
    case 'account_selection_required':
      return 'cancelled'
    case 'server_error':
    case 'temporarily_unavailable':
      return 'provider_unavailable'
    case 'unauthorized_client':
    case 'invalid_client':
    case 'redirect_uri_mismatch':
    case 'application_suspended':
      return 'provider_misconfigured'
    default:
      return 'provider_refused'
  }
}

function reasonOfToken(error: string): ProviderFailure {
  switch (error) {
    // GitHub says the second.
    case 'invalid_grant':
    case 'bad_verification_code':
      return 'code_expired'
    case 'invalid_client':
    case 'unauthorized_client':
    case 'incorrect_client_credentials':
    case 'redirect_uri_mismatch':
      return 'provider_misconfigured'
    default:
      return 'provider_refused'
  }
}

function reasonOfAnswer({ code, cause }: ClientError): ProviderFailure {
  if (code === 'OAUTH_TIMEOUT' || code === 'OAUTH_ABORT') return 'provider_unavailable'
  if (code !== 'OAUTH_RESPONSE_IS_NOT_CONFORM') return isConnection(cause) ? 'provider_unavailable' : 'invalid_answer'
  const status = cause instanceof Response ? cause.status : 0
  if (status === 401 || status === 403) return 'provider_misconfigured'
  return status >= 500 || status === 429 || status === 404 ? 'provider_unavailable' : 'invalid_answer'
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'TimeoutError' || error.name === 'AbortError')
}

/** What fails below HTTP: by the system's names, by Bun's, and where keys are fetched by the library that does. */
const CONNECTION_CODES =
  /^(?:E(?!RR_)[A-Z_]+|ConnectionRefused|ConnectionClosed|FailedToOpenSocket|DNS.*|.*CERT.*|ERR_TLS.*|ERR_JWKS_TIMEOUT|ERR_JOSE_GENERIC)$/

function isConnection(error: unknown): boolean {
  const code = error instanceof Error ? (error as { readonly code?: unknown }).code : undefined
  return typeof code === 'string' && CONNECTION_CODES.test(code)
}

/** The library names the claim that does not fit, beside the claims themselves. */
function claimIn(error: unknown): string | null {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { cause } = at as { readonly cause?: unknown }
    if (cause instanceof Error || typeof cause !== 'object' || cause === null) continue
    const { claim, attribute } = cause as { readonly claim?: unknown; readonly attribute?: unknown }
    return text(claim) ?? text(attribute)
  }
  return null
}

/** Errors of the protocol are words; anything else is not ours to repeat. */
function oauthError(value: unknown): string | null {
  return typeof value === 'string' && /^[\w.-]{1,60}$/.test(value) ? value : null
}

function text(value: unknown): string | null {
  return typeof value === 'string' && /^[\w.:-]{1,80}$/.test(value) ? value : null
}
