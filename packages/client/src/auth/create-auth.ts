import type { CallOptions } from '../call-options'
import type { ClientContext } from '../client-context'
import { isKoyaError } from '../koya-error'
import type { SchemaOf } from '../metadata'
import { type AuthCalls, createAuthCalls } from './auth-calls'
import type { AuthSession } from './auth-session'
import type { Auth, Credentials, PasskeyInfo, Proof, SecondFactor, SessionInfo, SignedIn, UserOf } from './auth-types'
import { createOAuth } from './oauth'
import { passkeyCredential } from './passkey-credential'
import type { StoredSession, StoredUser } from './stored-session'

const DEFAULT_WITHIN_MS = 60_000

/** @param given null where the client was given a token */
export function createAuth<S extends SchemaOf<S>>(context: ClientContext, given: AuthSession | null): Auth<S> {
  type User = UserOf<S>
  const calls = createAuthCalls(context, given)
  const { call, raw, signIn } = calls
  const shown = (stored: StoredUser | null | undefined): User | null => (stored ? calls.user<User>(stored) : null)

  async function load(): Promise<User | null> {
    await given?.ready()
    return shown(given?.stored?.user)
  }
  let ready: Promise<User | null> | undefined

  /** The user's document, as the server has it now. */
  async function me(method: 'GET' | 'PATCH', body: unknown, options?: CallOptions): Promise<User> {
    const user = (await raw(method, '/me', { body }, options)) as StoredUser
    await given?.changeUser(user, method === 'PATCH')
    return calls.user<User>(user)
  }

  return {
    get status() {
      return given?.status ?? 'signed_out'
    },
    get user() {
      return shown(given?.stored?.user)
    },
    get ready() {
      ready ??= load()
      return ready
    },
    get isPersistent() {
      return given?.isPersistent ?? false
    },
    onChange(listener) {
      if (given !== null) return given.onChange((event, user) => listener(event, shown(user)))
      queueMicrotask(() => listener('signed_out', null))
      return () => {}
    },

    register: (account, options) => calls.register<User>('/register', account, options),
    login(first: Credentials | string, second?: CallOptions | string, third?: CallOptions) {
      const credentials = typeof first === 'string' ? { email: first, password: second } : first
      return signIn<User>('/login', { body: credentials }, typeof second === 'object' ? second : third)
    },
    async logout({ everywhere = false, ...options } = {}) {
      const { session } = calls
      await session.ready()
      if (everywhere && session.stored !== null) await raw('DELETE', '/sessions', {}, options)
      const ending = session.stored
      if (ending === null) return
      // Tokens are the client's to delete, cookies the server's.
      if (!session.cookies) await session.end()
      await endAtServer(context, ending, options)
      await session.end()
    },
    anonymous: (fields, options) => signIn<User>('/anonymous', { body: fields ?? {} }, options),
    async reauthenticate(proof, options) {
      const body = await proofBody(calls, proof, options)
      return (await call<{ freshUntil: Date }>('POST', '/reauthenticate', { body }, options)).freshUntil
    },
    getMe: (options) => me('GET', undefined, options),
    updateMe: (fields, options) => me('PATCH', fields, options),
    getToken: async () => (await context.transport.session.bearer()) || null,
    async refresh(within = DEFAULT_WITHIN_MS) {
      await calls.session.refresh(within)
      return shown(given?.stored?.user)
    },

    magicLink: {
      request: (email, options) => accepted('/magic-link', { email }, options),
      login: (token, options) => signIn<User>('/magic-link', { body: { token } }, options),
    },
    otp: {
      request: (email, options) => accepted('/otp/request', { email }, options),
      verify: (email, code, options) => signIn<User>('/otp/verify', { body: { email, code } }, options),
    },
    password: {
      forgot: (email, options) => accepted('/password/forgot', { email }, options),
      reset: (input, options) => accepted('/password/reset', input, options),
      change: ({ currentPassword, newPassword }, options) =>
        accepted('/password/change', { current_password: currentPassword, new_password: newPassword }, options),
    },
    email: {
      verify: (input, options) => accepted('/email/verify', input, options),
      resend: (email, options) => accepted('/email/resend', { email }, options),
      change: (input, options) => accepted('/email/change', input, options),
      confirm: (input, options) => accepted('/email/confirm', input, options),
    },
    sessions: {
      list: async (options) => (await call<{ sessions: SessionInfo[] }>('GET', '/sessions', {}, options)).sessions,
      end: (id, options) => call('DELETE', `/sessions/${encodeURIComponent(id)}`, {}, options),
      endOthers: async (options) => (await call<{ ended: number }>('DELETE', '/sessions', {}, options)).ended,
    },
    mfa: {
      get: (options) => call('GET', '/mfa', {}, options),
      enroll: (options) => call('POST', '/mfa/totp/enroll', {}, options),
      activate: (code, options) => recoveryCodes('/mfa/totp/activate', { code }, options),
      verify: async (mfaToken, factor, options) => {
        const body = { mfa_token: mfaToken, ...factorBody(factor) }
        return (await signIn<User>('/mfa/totp/verify', { body }, options)) as SignedIn<User>
      },
      disable: (factor, options) => accepted('/mfa/totp/disable', factorBody(factor), options),
      recoveryCodes: (factor, options) => recoveryCodes('/mfa/recovery-codes', factorBody(factor), options),
    },
    passkeys: {
      async register({ name, ...options } = {}) {
        const offer = await raw('POST', '/passkeys/options', { body: { for: 'register' } }, options)
        const credential = await passkeyCredential('create', offer, options)
        return call<PasskeyInfo>('POST', '/passkeys/register', { body: { credential, name } }, options)
      },
      async login({ mediation, ...options } = {}) {
        const credential = await knownPasskey(calls, options, mediation)
        return signIn<User>('/passkeys/login', { body: { credential } }, options)
      },
      list: async (options) => (await call<{ passkeys: PasskeyInfo[] }>('GET', '/passkeys', {}, options)).passkeys,
      remove: (id, options) => call('DELETE', `/passkeys/${encodeURIComponent(id)}`, {}, options),
    },
    oauth: createOAuth<S>(context.transport.url, calls),
  }

  async function accepted(path: string, body: unknown, options?: CallOptions): Promise<void> {
    await raw('POST', path, { body }, options)
  }

  async function recoveryCodes(path: string, body: unknown, options?: CallOptions): Promise<readonly string[]> {
    return (await call<{ recoveryCodes: string[] }>('POST', path, { body }, options)).recoveryCodes
  }
}

/** One that has ended already is fine. */
async function endAtServer({ transport }: ClientContext, ending: StoredSession, options?: CallOptions): Promise<void> {
  const { access_token: bearer = null, refresh_token } = ending
  const body = JSON.stringify({ refresh_token })
  try {
    await transport.send({ method: 'POST', path: '/api/auth/logout', body, bearer }, options)
  } catch (error) {
    if (!isKoyaError(error) || error.code !== 'UNAUTHENTICATED') throw error
  }
}

function factorBody(factor: SecondFactor): object {
  return 'code' in factor ? { code: factor.code } : { recovery_code: factor.recoveryCode }
}

async function proofBody(calls: AuthCalls, proof: Proof, options?: CallOptions): Promise<object> {
  if ('passkey' in proof) return { credential: await knownPasskey(calls, options) }
  if ('mailedCode' in proof) return { mailed_code: proof.mailedCode }
  return 'password' in proof ? { password: proof.password } : factorBody(proof)
}

async function knownPasskey({ raw }: AuthCalls, options?: CallOptions, mediation?: string): Promise<unknown> {
  const offer = await raw('POST', '/passkeys/options', { body: { for: 'login' }, isAnonymous: true }, options)
  return passkeyCredential('get', offer, { ...options, ...(mediation !== undefined && { mediation }) })
}
