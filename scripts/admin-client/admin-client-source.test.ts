import { expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ADMIN_CLIENT_FILE, adminClientSource } from './admin-client-source'

setDefaultTimeout(60_000)

// The executable is for tests that start it; to the project that is opened here it is an unknown setting.
delete process.env.KOYALITE_BIN

test(`${ADMIN_CLIENT_FILE} is as the routes say (npm run client writes it)`, async () => {
  const written = readFileSync(join(resolve(import.meta.dir, '../..'), ADMIN_CLIENT_FILE), 'utf8')
  expect(written).toBe(await adminClientSource())
})
