import type { CallOptions } from '../call-options'
import type { ClientContext } from '../client-context'
import { KoyaError } from '../koya-error'
import type { HttpMethod } from '../transport'
import { inputText, revived } from '../values'
import type { AuthSession } from './auth-session'
import type { MfaRequired, SignIn, VerificationRequired } from './auth-types'
import { camelCased } from './camel-cased'
import type { SessionResponse } from './stored-session'

interface AuthCall {
  readonly body?: unknown
  /** Without the session, whoever it is of. */
  readonly isAnonymous?: boolean
  /** The response has a cookie that a later step needs, though cookies do not carry the session. */
  readonly setsCookies?: boolean
}

/** What all parts of `koya.auth` do with the server. */
export interface AuthCalls {
  readonly session: AuthSession
  /** The response, with names and times as TypeScript has them. @param path after `/api/auth` */
  call<T>(method: HttpMethod, path: string, input?: AuthCall, options?: CallOptions): Promise<T>
  /** The response as it is. */
  raw(method: HttpMethod, path: string, input?: AuthCall, options?: CallOptions): Promise<unknown>
  /** What may end with a session does, in this client and its other tabs. */
  signIn<User>(path: string, input: AuthCall, options?: CallOptions): Promise<SignIn<User>>
  register<User>(path: string, body: unknown, options?: CallOptions): Promise<SignIn<User> | VerificationRequired>
  /** A document of `users`, with Dates. The same object for the same one. */
  user<User>(stored: object): User
}

/** @param session null where the client was given a token */
export function createAuthCalls(context: ClientContext, given: AuthSession | null): AuthCalls {
  const users = new WeakMap<object, object>()
  const { transport, collections } = context

  async function raw(method: HttpMethod, path: string, input: AuthCall = {}, options?: CallOptions) {
    const { body, isAnonymous, setsCookies } = input
    const call = {
      method,
      path: `/api/auth${path}`,
      body: body === undefined ? undefined : inputText(body),
      setsCookies,
    }
    return (await transport.send({ ...call, ...(isAnonymous && { bearer: null }) }, options)).body
  }

  function requireSession(): AuthSession {
    if (given !== null) return given
    const message = 'This client was created with a `token`: create one without it to sign users in.'
    throw new KoyaError('INVALID_REQUEST', message)
  }

  async function begin<User>(
    path: string,
    input: AuthCall,
    options?: CallOptions,
  ): Promise<SignIn<User> | VerificationRequired> {
    const session = requireSession()
    await session.ready()
    const response = (await raw('POST', path + (session.cookies ? '?cookies=true' : ''), input, options)) as
      | SessionResponse
      | { readonly mfa_required: true }
      | { readonly verification_required: true }
    if ('verification_required' in response) return { status: 'verification_required', user: null } as const
    if ('mfa_required' in response) {
      const { mfaToken, methods } = camelCased<Pick<MfaRequired, 'mfaToken' | 'methods'>>(response)
      return { status: 'mfa_required', user: null, mfaToken, methods } as const
    }
    const { user } = await session.begin(response)
    return { status: 'signed_in', user: userOf<User>(user) } as const
  }

  function userOf<User>(stored: object): User {
    let user = users.get(stored)
    if (user === undefined) {
      user = revived(JSON.parse(JSON.stringify(stored)), 'users', collections) as object
      users.set(stored, user)
    }
    return user as User
  }

  return {
    get session() {
      return requireSession()
    },
    raw,
    call: async (...call) => camelCased(await raw(...call)),
    // Only a registration may wait for a link.
    signIn: async <User>(path: string, input: AuthCall, options?: CallOptions) =>
      (await begin<User>(path, { ...input, isAnonymous: true }, options)) as SignIn<User>,
    register: (path, body, options) => begin(path, { body }, options),
    user: userOf,
  }
}
