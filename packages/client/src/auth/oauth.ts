import type { CallOptions } from '../call-options'
import { KoyaError } from '../koya-error'
import type { SchemaOf } from '../metadata'
import { queryText } from '../query-text'
import type { AuthCalls } from './auth-calls'
import type { IdentityInfo, OAuth, OAuthOptions, UserOf } from './auth-types'
import { browserGlobals } from './browser-globals'
import { codeChallenge, createVerifier, verifierStorage } from './code-verifier'

/** What the server adds to the address of the page that a sign-in ends at. */
const PARAMETERS = ['code', 'mfa_token', 'linked', 'ticket', 'fields', 'error', 'error_description', 'error_reason']

/** Signing in with an account elsewhere: with PKCE, so that a code is worth nothing to anybody but the client that has begun. */
export function createOAuth<S extends SchemaOf<S>>(url: string, calls: AuthCalls): OAuth<S> {
  type User = UserOf<S>
  const { call, raw, signIn } = calls
  const verifiers = () => verifierStorage(calls.session)

  async function start(provider: string, { redirectTo, open = openHere }: OAuthOptions = {}) {
    const { cookies } = calls.session
    const challenge = cookies ? undefined : await codeChallenge(await verifiers().keep(createVerifier()))
    const address = queryText({
      redirect_to: pageAddress(redirectTo),
      cookies: cookies || undefined,
      code_challenge: challenge,
      code_challenge_method: challenge && 'S256',
    })
    const target = `${url}/api/auth/oauth/${encodeURIComponent(provider)}${address}`
    await open(target)
    return target
  }

  async function completed(path: string, body: object, options?: CallOptions) {
    const verifier = await verifiers().find()
    const result = await signIn<User>(path, { body: { ...body, code_verifier: verifier ?? undefined } }, options)
    await verifiers().forget()
    return result
  }

  return Object.assign(start, {
    async callback(address: string | undefined = browserGlobals().location?.href, options?: CallOptions) {
      const found = parametersOf(address ?? '')
      if (address === browserGlobals().location?.href) forgetParameters()
      const { code, error, ticket, mfa_token: mfaToken, linked: provider } = found
      if (code !== undefined) return completed('/oauth/exchange', { code }, options)
      if (provider !== undefined) return { status: 'linked', user: null, provider } as const
      if (mfaToken !== undefined) {
        return { status: 'mfa_required', user: null, mfaToken, methods: ['totp', 'recovery_code'] } as const
      }
      if (ticket !== undefined) {
        return { status: 'profile_incomplete', user: null, ticket, fields: found.fields?.split(',') ?? [] } as const
      }
      if (error !== undefined) throw refusal(error, found.error_description ?? error, found.error_reason)
      return null
    },
    complete: (profile: { readonly ticket: string }, options?: CallOptions) =>
      completed('/oauth/complete', profile, options),
    providers: (options?: CallOptions) =>
      call<Awaited<ReturnType<OAuth<S>['providers']>>>('GET', '/providers', { isAnonymous: true }, options),
    async link(provider: string, { redirectTo, open = openHere, ...options }: OAuthOptions = {}) {
      const path = `/oauth/${encodeURIComponent(provider)}/link${queryText({ redirect_to: pageAddress(redirectTo) })}`
      const { url: target } = (await raw('POST', path, { setsCookies: true }, options)) as { readonly url: string }
      await open(target)
      return target
    },
    unlink: (provider: string, options?: CallOptions) =>
      call<void>('DELETE', `/oauth/${encodeURIComponent(provider)}`, {}, options),
    identities: async (options?: CallOptions) =>
      (await call<{ identities: IdentityInfo[] }>('GET', '/identities', {}, options)).identities,
  })
}

function openHere(url: string): void {
  const { location } = browserGlobals()
  if (location === undefined) {
    throw new KoyaError('INVALID_REQUEST', 'There is no page to leave: pass `open`, which opens a URL in a browser.')
  }
  location.assign(url)
}

/** Of the page itself without what an earlier sign-in has added. */
function pageAddress(redirectTo: string | undefined): string | undefined {
  const here = browserGlobals().location?.href
  if (here === undefined) return redirectTo
  return redirectTo === undefined ? withoutParameters(here).replace(/#.*/, '') : new URL(redirectTo, here).href
}

function forgetParameters(): void {
  const { location, history } = browserGlobals()
  if (location === undefined || history === undefined) return
  const rest = withoutParameters(location.href)
  if (rest !== location.href) history.replaceState(history.state, '', rest)
}

// By hand: URLs of React Native can do little.
function withoutParameters(address: string): string {
  const [before = '', hash] = address.split('#', 2)
  const [path = '', query = ''] = before.split('?', 2)
  const kept = query.split('&').filter((pair) => pair !== '' && !PARAMETERS.includes(pair.split('=', 1)[0] ?? ''))
  return path + (kept.length > 0 ? `?${kept.join('&')}` : '') + (hash === undefined ? '' : `#${hash}`)
}

function parametersOf(address: string): Readonly<Record<string, string | undefined>> {
  const [, query = ''] = address.split('#', 1)[0]?.split('?', 2) ?? []
  const pairs = query.split('&').map((pair) => pair.split('=', 2))
  return Object.fromEntries(
    pairs
      .filter(([name = '']) => PARAMETERS.includes(name))
      .map(([name = '', value = '']) => [name, decodeURIComponent(value.replaceAll('+', ' '))]),
  )
}

function refusal(code: string, message: string, reason: string | undefined): KoyaError {
  return new KoyaError(code, message, { details: reason === undefined ? [] : [{ field: '', code: reason, message }] })
}
