import { testCredentials, testUserDirectory } from '@koyalite/testkit'
import { createSqliteUsers } from './sqlite-users'
import { startAuth } from './start-auth'

testUserDirectory('of the tests of auth', async () => {
  const { database, close } = await startAuth()
  return { database, users: createSqliteUsers(database), close }
})

testCredentials('of sessions', async () => {
  const tester = await startAuth()
  const { auth, runtime, close } = tester
  const { id, access } = await tester.user()
  return {
    credentials: {
      identify: (token) => auth.identify(token),
      credentialOf: (headers) => auth.credentialOf(headers),
      subscribe: (listener) => runtime.verified.subscribe(listener),
    },
    user: { id, token: access },
    revoke: () => tester.post('/api/auth/logout', {}, { token: access }),
    close,
  }
})
