import { afterAll, afterEach, beforeAll, beforeEach } from 'bun:test'
import {
  createBrowser,
  type FakeOidc,
  OIDC_CLIENT,
  type Page,
  startFakeOidc,
  type TestBrowser,
} from '@koyalite/testkit'
import type { AuthOptions } from '../create-auth'
import { type AuthTester, startAuth } from './start-auth'

export const HOME = 'http://localhost:8090'

/** Its members can be used inside tests only. */
export interface AuthWithProvider {
  /** Another one for each test. */
  readonly auth: AuthTester
  /** The same for the whole file. */
  readonly provider: FakeOidc
  browse(): TestBrowser
  /** A sign-in with these claims from the provider. */
  signIn(claims: Readonly<Record<string, unknown>>): Promise<Page>
  /** Links an identity with these claims to the user whose access token this is. */
  link(token: string, claims: Readonly<Record<string, unknown>>): Promise<Page>
}

/** An OpenID provider named `corp` for a test file, and the service that knows it. @param settings besides those of the provider */
export function useAuthWithProvider(
  settings: Readonly<Record<string, string>> = {},
  extra: Partial<AuthOptions> = {},
): AuthWithProvider {
  let provider: FakeOidc
  let auth: AuthTester
  beforeAll(async () => {
    provider = await startFakeOidc()
  })
  afterAll(() => provider.stop())
  beforeEach(async () => {
    auth = await startAuth({
      settings: {
        'auth.oauth.corp.client_id': OIDC_CLIENT.id,
        'auth.oauth.corp.client_secret': OIDC_CLIENT.secret,
        'auth.oauth.corp.issuer': provider.issuer,
        ...settings,
      },
      extra,
    })
  })
  afterEach(() => auth.close())
  const browse = () => createBrowser({ 'localhost:8090': (request) => auth.fetch(request) })
  return {
    get auth() {
      return auth
    },
    get provider() {
      return provider
    },
    browse,
    signIn(claims) {
      provider.behaviour.idToken = { ...claims }
      return browse().open(`${HOME}/api/auth/oauth/corp`)
    },
    async link(token, claims) {
      provider.behaviour.idToken = { ...claims }
      const begun = await auth.post('/api/auth/oauth/corp/link', undefined, { token })
      const cookie = begun.headers.get('set-cookie')?.split(';')[0] ?? ''
      const browser = createBrowser({
        'localhost:8090': (request) => {
          request.headers.set('cookie', cookie)
          return auth.fetch(request)
        },
      })
      return browser.open(begun.body.url)
    },
  }
}
