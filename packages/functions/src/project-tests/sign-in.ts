import type { PartClient } from '../host/open-part'
import type { NewUser, TestUser } from './test-project'

export interface SignInClients {
  /** May create users. */
  readonly service: PartClient
  readonly anyone: PartClient
}

let users = 0

/** Creates a user and signs them in, with an address of their own where none is given. */
export async function signIn({ service, anyone }: SignInClients, given: NewUser = {}): Promise<TestUser> {
  const chosen = { email: `user${++users}@example.com`, password: `koyalite ${crypto.randomUUID()}`, verified: true }
  const user = { ...chosen, ...given }
  const { email, password } = user
  const { id } = (await service.request('POST', '/api/admin/users', { body: user })) as { readonly id: string }
  const login = await anyone.request('POST', '/api/auth/login', { body: { email, password } })
  return { id, email, password, token: (login as { readonly access_token: string }).access_token }
}
