import type { SchemaOf } from '@koyalite/client/data'
import type { FunctionLog } from '@koyalite/functions'
import type { Changed } from './define-hooks'
import type { AfterContext, BeforeContext } from './hook-context'

interface SignIn {
  /** `password`, `magic_link`, `otp`, `passkey`, `anonymous`, `oauth:<provider>`. */
  readonly method: string
}

/** A user as hooks see them; the fields are those of `users`. */
export type HookUser = Record<string, unknown> & { readonly id: string; readonly email: string }

/** Hooks of registrations and sign-ins, and providers of accounts. */
export interface AuthHookDefinitions<S extends SchemaOf<S>> {
  /** Inside of the transaction that makes the account: it cannot wait. The id and the address stay what they are. */
  beforeRegister?(ctx: BeforeContext<S> & SignIn, data: HookUser): Changed<Record<string, unknown>>
  /** Once the account is committed, at most once. */
  afterRegister?(ctx: AfterContext<S> & SignIn, user: HookUser): Promise<void> | void
  /** Once all factors are proved, inside of the transaction that opens the session. What it throws refuses the sign-in. */
  beforeLogin?(ctx: BeforeContext<S> & SignIn, user: HookUser): Changed<never>
  /** Once the session is committed, at most once. */
  afterLogin?(ctx: AfterContext<S> & SignIn, user: HookUser): Promise<void> | void
  readonly providers?: readonly AuthProvider[]
}

interface ProviderContext {
  readonly env: Readonly<Record<string, string>>
  readonly log: FunctionLog
  /** Aborted after ten seconds. */
  readonly signal: AbortSignal
}

/** A provider of accounts. State, PKCE, the browser and linking are the server's. */
export interface AuthProvider {
  /** As in `/api/auth/oauth/<name>`. */
  readonly name: string
  /** For people. @default the name */
  readonly label?: string
  /** It sends the browser back with a form that is posted. */
  readonly formPost?: boolean
  /** Where to send the browser: an https address with `state`, which has to come back as a parameter. */
  begin(
    ctx: ProviderContext,
    input: {
      readonly state: string
      readonly nonce: string
      readonly codeChallenge: string
      readonly callbackUrl: string
    },
  ): string | URL | Promise<string | URL>
  /** Who has come back. */
  callback(
    ctx: ProviderContext,
    input: {
      readonly parameters: Readonly<Record<string, string>>
      readonly codeVerifier: string
      readonly nonce: string
      readonly callbackUrl: string
    },
  ): ProviderUser | Promise<ProviderUser>
}

export interface ProviderUser {
  /** The provider's own id of the account, which never changes. */
  readonly id: string | number
  readonly email: string
  /** Whether the provider vouches that the address is theirs: only then it is linked to a user who has it. */
  readonly verified: boolean
  /** Fields of `users`, for a new one. */
  readonly fields?: Readonly<Record<string, unknown>>
}

/** A provider of accounts, for `auth.providers`. */
export function defineAuthProvider(provider: AuthProvider): AuthProvider {
  return provider
}
