import type { CallOptions } from '../call-options'
import type { SchemaOf } from '../metadata'

export type AuthStatus = 'loading' | 'signed_in' | 'signed_out'

/**
 * What has happened to the session, here or in another tab. `refreshed`: the same user, with a new token or a newer document;
 * `user_changed`: another user has signed in; `expired`: the server has refused to refresh it.
 */
export type AuthEvent = 'signed_in' | 'signed_out' | 'refreshed' | 'user_changed' | 'expired'

/** A document of `users`. */
export type UserOf<S extends SchemaOf<S>> = S extends { readonly users: { readonly doc: infer User extends object } }
  ? User
  : { readonly id: string; readonly email: string }

/** Fields of `users` that a user may set; which of them, its rules say. */
export type UserFields<S extends SchemaOf<S>> = S extends {
  readonly users: { readonly create: infer Create extends object }
}
  ? { readonly [K in keyof Create as K extends 'email' ? never : K]?: Create[K] | undefined }
  : Readonly<Record<string, unknown>>

export interface SignedIn<User> {
  readonly status: 'signed_in'
  readonly user: User
}

/** Ask for a code of the authenticator app, or a recovery code, within 5 minutes: `koya.auth.mfa.verify(mfaToken, …)`. */
export interface MfaRequired {
  readonly status: 'mfa_required'
  readonly user: null
  readonly mfaToken: string
  readonly methods: readonly ('totp' | 'recovery_code' | (string & {}))[]
}

export type SignIn<User> = SignedIn<User> | MfaRequired

/** The account is created by a link that was sent (`auth.enumeration: hidden`). */
export interface VerificationRequired {
  readonly status: 'verification_required'
  readonly user: null
}

/** A first sign-in with a provider that needs more fields: `koya.auth.oauth.complete({ ticket, … })`, within 15 minutes. */
export interface ProfileIncomplete {
  readonly status: 'profile_incomplete'
  readonly user: null
  readonly ticket: string
  readonly fields: readonly string[]
}

/** An account at a provider was linked to the signed-in user. */
export interface ProviderLinked {
  readonly status: 'linked'
  readonly user: null
  readonly provider: string
}

export interface Credentials {
  readonly email: string
  readonly password: string
}

/** A code of the authenticator app, or one of the recovery codes. */
export type SecondFactor = { readonly code: string } | { readonly recoveryCode: string }

/** One proof that the user is there. `mailedCode` is requested with `otp.request`; `passkey` asks the browser for one. */
export type Proof =
  | { readonly password: string }
  | SecondFactor
  | { readonly mailedCode: string }
  | { readonly passkey: true }

export interface SessionInfo {
  readonly id: string
  /** How it began: `password`, `otp`, `github` … */
  readonly method: string
  readonly ip: string | null
  readonly userAgent: string | null
  readonly createdAt: Date
  readonly lastUsedAt: Date
  readonly expiresAt: Date
  readonly current: boolean
}

export interface PasskeyInfo {
  readonly id: string
  readonly name: string | null
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

export interface ProviderInfo {
  readonly name: string
  readonly label: string
  readonly url: string
}

export interface IdentityInfo {
  readonly provider: string
  readonly email: string | null
  readonly linkedAt: Date
}

export interface OAuthOptions extends CallOptions {
  /** The page to which the browser comes back, where `oauth.callback()` is called. @default the present one */
  readonly redirectTo?: string | undefined
  /** Takes the browser there. @default `location.assign` */
  readonly open?: ((url: string) => unknown) | undefined
}

/** `koya.auth`: signing up, in and out, and the signed-in user's account. Every call rejects with a KoyaError. */
export interface Auth<S extends SchemaOf<S>> {
  /** `loading` until storage is read. */
  readonly status: AuthStatus
  /** As of the last sign-in, refresh, `getMe` or `updateMe`; null while nobody is signed in. */
  readonly user: UserOf<S> | null
  /** Resolves once `status` is known, with the user. The same promise each time. */
  readonly ready: Promise<UserOf<S> | null>
  /** Whether the session outlasts a reload: false in memory, also where the browser refuses storage. */
  readonly isPersistent: boolean
  /**
   * Called at each change of the session, here or in another tab, and first with the present state. What it returns is not waited for.
   *
   * @returns ends it
   */
  onChange(listener: (event: AuthEvent, user: UserOf<S> | null) => void): () => void

  /** With a session of an anonymous user, that user gets the account, and keeps id and documents. */
  register(
    account: Credentials & UserFields<S>,
    options?: CallOptions,
  ): Promise<SignIn<UserOf<S>> | VerificationRequired>
  login(credentials: Credentials, options?: CallOptions): Promise<SignIn<UserOf<S>>>
  login(email: string, password: string, options?: CallOptions): Promise<SignIn<UserOf<S>>>
  /**
   * Ends this session, and with `everywhere` all others of the user. Without cookies it ends here even where the server cannot be
   * reached; then it rejects with NETWORK, and the server's part expires by itself.
   */
  logout(options?: CallOptions & { readonly everywhere?: boolean | undefined }): Promise<void>
  /** A user without credentials, until the session ends. */
  anonymous(fields?: UserFields<S>, options?: CallOptions): Promise<SignIn<UserOf<S>>>
  /** After a FORBIDDEN with the detail `reauthentication_required`. Returns until when credentials may be changed. */
  reauthenticate(proof: Proof, options?: CallOptions): Promise<Date>
  /** Reads the user again. */
  getMe(options?: CallOptions): Promise<UserOf<S>>
  updateMe(fields: UserFields<S>, options?: CallOptions): Promise<UserOf<S>>
  /** The access token, refreshed where it is about to expire: for other services. Null for anonymous callers, and with cookies. */
  getToken(): Promise<string | null>
  /**
   * Refreshes now if the token expires within so many milliseconds. Not needed but for clients with `refresh: 'never'`: once per
   * request, in middleware that can store the new session.
   *
   * @param within default 60000
   */
  refresh(within?: number): Promise<UserOf<S> | null>

  readonly magicLink: {
    /** Sends a link with a token. Says nothing of whether there is such an account. */
    request(email: string, options?: CallOptions): Promise<void>
    login(token: string, options?: CallOptions): Promise<SignIn<UserOf<S>>>
  }
  readonly otp: {
    /** Sends a code. Says nothing of whether there is such an account. */
    request(email: string, options?: CallOptions): Promise<void>
    verify(email: string, code: string, options?: CallOptions): Promise<SignIn<UserOf<S>>>
  }
  readonly password: {
    forgot(email: string, options?: CallOptions): Promise<void>
    /** With the token of the link. All sessions end. */
    reset(input: { readonly token: string; readonly password: string }, options?: CallOptions): Promise<void>
    /** All other sessions end. */
    change(
      input: { readonly currentPassword: string; readonly newPassword: string },
      options?: CallOptions,
    ): Promise<void>
  }
  readonly email: {
    /** With the token of the link. `password` unless the user is signed in: a stranger may have registered the address. */
    verify(
      input: { readonly token: string; readonly password?: string | undefined },
      options?: CallOptions,
    ): Promise<void>
    /** To the signed-in user, or to an address. */
    resend(email?: string, options?: CallOptions): Promise<void>
    /** `password` unless the user has none and has just signed in. */
    change(
      input: { readonly email: string; readonly password?: string | undefined },
      options?: CallOptions,
    ): Promise<void>
    /** With the token of the link; `password` unless the user is signed in. */
    confirm(
      input: { readonly token: string; readonly password?: string | undefined },
      options?: CallOptions,
    ): Promise<void>
  }
  readonly sessions: {
    list(options?: CallOptions): Promise<readonly SessionInfo[]>
    end(id: string, options?: CallOptions): Promise<void>
    /** All but the current one. Returns how many. */
    endOthers(options?: CallOptions): Promise<number>
  }
  readonly mfa: {
    get(options?: CallOptions): Promise<{ readonly totp: boolean; readonly recoveryCodesLeft: number }>
    /** For a QR code. Needs a fresh sign-in. */
    enroll(options?: CallOptions): Promise<{ readonly secret: string; readonly otpauthUrl: string }>
    /** Returns the recovery codes, which are shown once. */
    activate(code: string, options?: CallOptions): Promise<readonly string[]>
    /** Completes a sign-in that returned `mfa_required`. */
    verify(mfaToken: string, factor: SecondFactor, options?: CallOptions): Promise<SignedIn<UserOf<S>>>
    disable(factor: SecondFactor, options?: CallOptions): Promise<void>
    /** New ones, in the place of all others. */
    recoveryCodes(factor: SecondFactor, options?: CallOptions): Promise<readonly string[]>
  }
  readonly passkeys: {
    /** Creates one in this browser. Needs a fresh sign-in. */
    register(options?: CallOptions & { readonly name?: string | undefined }): Promise<PasskeyInfo>
    /** `mediation: 'conditional'` offers passkeys where the browser fills in forms. */
    login(options?: CallOptions & { readonly mediation?: string | undefined }): Promise<SignIn<UserOf<S>>>
    list(options?: CallOptions): Promise<readonly PasskeyInfo[]>
    remove(id: string, options?: CallOptions): Promise<void>
  }
  readonly oauth: OAuth<S>
}

export interface OAuth<S extends SchemaOf<S>> {
  /** Takes the browser to the provider, and from there to `redirectTo`. Returns the URL that was opened. */
  (provider: string, options?: OAuthOptions): Promise<string>
  /**
   * At the page of `redirectTo`: completes what was started in this browser, and removes its parameters from the address.
   * Null where the address has none of them. Rejects with the provider's or the server's refusal.
   *
   * @param url default the page's address
   */
  callback(url?: string, options?: CallOptions): Promise<SignIn<UserOf<S>> | ProfileIncomplete | ProviderLinked | null>
  complete(profile: { readonly ticket: string } & UserFields<S>, options?: CallOptions): Promise<SignIn<UserOf<S>>>
  /** Those that are configured, and whether anybody may register. */
  providers(
    options?: CallOptions,
  ): Promise<{ readonly registration: 'open' | 'closed'; readonly providers: readonly ProviderInfo[] }>
  /** Links an account at a provider to the signed-in user; needs a fresh sign-in, and a page of the server's site. */
  link(provider: string, options?: OAuthOptions): Promise<string>
  unlink(provider: string, options?: CallOptions): Promise<void>
  /** The linked accounts. */
  identities(options?: CallOptions): Promise<readonly IdentityInfo[]>
}
