import { expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Database, openDatabase } from '@koyalite/sqlite'
import { startAuth } from '../../testing/start-auth'

const TABLES = ['accounts', 'sessions', 'refresh_tokens', 'one_time_tokens']

function rowsOf(database: Database): Record<string, number> {
  const count = (table: string) => database.get({ text: `SELECT count(*) FROM "_koyalite_${table}"`, params: [] })?.[0]
  return Object.fromEntries(TABLES.map((table) => [table, Number(count(table))]))
}

const NONE = { accounts: 0, sessions: 0, refresh_tokens: 0, one_time_tokens: 0 }

test('L1.8 deleting a user in any way removes their credentials', async () => {
  const auth = await startAuth()
  await auth.user()
  await auth.post('/api/auth/magic-link', { email: 'ann@example.com' })
  const { value: kept } = await auth.database.write((tx) => tx.run({ text: 'DELETE FROM "users"', params: [] }).changes)
  expect(kept).toBe(1)
  while (rowsOf(auth.database).accounts !== 0) await new Promise(setImmediate)
  expect(rowsOf(auth.database)).toEqual(NONE)
  await auth.close()
})

test('L1.8 a user deleted while no server runs has no credentials after the next start', async () => {
  await inFolder(async (path) => {
    const before = await startAuth({ path })
    await before.user()
    await before.user('ben@example.com')
    await before.close()
    const other = await openDatabase({ path, owner: false })
    await other.write((tx) => tx.run({ text: `DELETE FROM "users" WHERE "email" = 'ann@example.com'`, params: [] }))
    await other.close()
    const after = await startAuth({ path })
    while (rowsOf(after.database).accounts !== 1) await new Promise(setImmediate)
    expect(rowsOf(after.database)).toMatchObject({ accounts: 1, sessions: 1 })
    await after.close()
  })
})

test('L1.8 deletions that the change log has pruned are found by a scan', async () => {
  await inFolder(async (path) => {
    const before = await startAuth({ path })
    await before.user()
    await before.user('ben@example.com')
    await before.close()
    const other = await openDatabase({ path, owner: false })
    await other.write((tx) => {
      tx.run({ text: `DELETE FROM "users" WHERE "email" = 'ann@example.com'`, params: [] })
      tx.run({ text: `UPDATE _koyalite_cursors SET state = 'broken'`, params: [] })
    })
    await other.close()
    const after = await startAuth({ path })
    while (rowsOf(after.database).accounts !== 1) await new Promise(setImmediate)
    expect(rowsOf(after.database)).toMatchObject({ accounts: 1, sessions: 1 })
    await after.close()
  })
})

async function inFolder(run: (path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-auth-'))
  try {
    await run(join(folder, 'a.db'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
