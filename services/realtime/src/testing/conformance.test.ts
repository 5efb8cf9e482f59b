import { testCredentials } from '@koyalite/testkit'
import { openLiveWorld } from './live-world'

const SCHEMA = 'version: 1\ncollections: { users: { fields: {} } }\n'

testCredentials('of the tests of live queries', async () => {
  const { credentials, write, close } = await openLiveWorld(SCHEMA)
  await write((tx) => {
    tx.run({ text: `INSERT INTO users (id, email) VALUES ('ann', 'ann@example.com')`, params: [] })
  })
  return {
    credentials,
    user: { id: 'ann', token: 'ann' },
    revoke: () =>
      write((tx) => {
        tx.run({ text: `DELETE FROM users WHERE id = 'ann'`, params: [] })
      }),
    close,
  }
})
