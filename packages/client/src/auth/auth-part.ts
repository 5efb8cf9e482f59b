import type { TokenSource } from '../call-options'
import type { ClientContext } from '../client-context'
import type { SchemaOf } from '../metadata'
import type { Session } from '../ports'
import { tokenSession } from '../token-session'
import type { Transport } from '../transport'
import { type AuthOptions, type AuthSession, createAuthSession } from './auth-session'
import type { Auth } from './auth-types'
import { createAuth } from './create-auth'

/** `koya.auth`, and the session of all requests: the one that it begins and ends, or that of a given token. */
export function createAuthPart(options: AuthOptions & { readonly token?: TokenSource | undefined }) {
  let own: AuthSession | null = null
  return {
    createSession(transport: Transport): Session {
      if (options.token !== undefined) return tokenSession(options.token)
      own = createAuthSession(transport, options)
      return own
    },
    createAuth: <S extends SchemaOf<S>>(context: ClientContext): Auth<S> => createAuth(context, own),
  }
}
