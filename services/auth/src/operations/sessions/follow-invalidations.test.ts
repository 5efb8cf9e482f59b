import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Actor } from '@koyalite/contracts'
import { changeTriggers, type Database, type FollowingDatabase, followDatabase, openDatabase } from '@koyalite/sqlite'
import { AUTH_TABLES } from '../../store/auth-tables'
import { pruneInvalidations } from '../../store/invalidations'
import { createVerifiedTokens, type Invalidation, type VerifiedTokens } from '../../tokens/verified-tokens'
import { followInvalidations } from './follow-invalidations'

const folder = mkdtempSync(join(tmpdir(), 'koyalite invalidations '))
const ACTOR: Actor = { kind: 'service_key', id: 'k', scopes: [] }
let database: Database
let follower: FollowingDatabase
let verified: VerifiedTokens
const invalidated: Invalidation[] = []

beforeAll(async () => {
  const path = join(folder, 'a.db')
  database = await openDatabase({ path })
  const value = (column: string) => ({ column, kind: 'value' }) as const
  const users = { collection: 'users', table: 'users', key: 'id', columns: [value('id'), value('role')] }
  await database.migrate((tx) => {
    for (const text of AUTH_TABLES.steps.flat()) tx.exec(text)
    tx.exec('CREATE TABLE users (id TEXT PRIMARY KEY, role TEXT)')
    for (const { sql } of changeTriggers(users)) tx.exec(sql)
  })
  follower = followDatabase({ path, durable: database.durablePosition() })
  verified = createVerifiedTokens()
  verified.subscribe((what) => invalidated.push(what))
  followInvalidations(follower, verified)
})
afterAll(async () => {
  await follower.close()
  await database.close()
  rmSync(folder, { recursive: true })
})

/**
 * Runs statements in the process that writes; returns what the other one invalidates at its next look, and not before.
 */
async function after(...statements: readonly string[]): Promise<readonly Invalidation[]> {
  invalidated.length = 0
  await database.write((tx) => {
    for (const text of statements) tx.run({ text, params: [] })
  })
  expect(invalidated).toEqual([])
  follower.look()
  return [...invalidated]
}

const SESSION = `INSERT INTO _koyalite_sessions VALUES ('s', 'user', 'u', 'password', NULL, NULL, 0, 0, 0, NULL)`
const OPERATOR = `INSERT INTO _koyalite_operators (id, email, role, created_at) VALUES ('o', 'o@example.com', 'owner', 0)`
const KEY = `INSERT INTO _koyalite_keys (id, hash, hint, scopes, created_at) VALUES ('k', 'h', 'h', '[]', '')`

test('new rows invalidate nothing', async () => {
  expect(await after(SESSION, OPERATOR, KEY, `INSERT INTO users VALUES ('u', 'user')`)).toEqual([])
})

test('a renewed session stays; one that has ended is invalidated', async () => {
  expect(await after('UPDATE _koyalite_sessions SET used_at = 1')).toEqual([])
  expect(await after('DELETE FROM _koyalite_sessions')).toEqual([{ kind: 'session', id: 's' }])
})

test('a user who is changed, blocked or deleted is invalidated', async () => {
  const user: Invalidation = { kind: 'user', id: 'u' }
  expect(await after(`UPDATE users SET role = 'admin'`)).toEqual([user])
  expect(await after(`UPDATE users SET id = 'u2'`)).toEqual([user])
  expect(await after(`DELETE FROM users`)).toEqual([{ kind: 'user', id: 'u2' }])
  expect(await after(`INSERT INTO _koyalite_accounts (user_id, blocked_at, created_at) VALUES ('u', 1, 0)`)).toEqual([
    user,
  ])
  expect(await after('UPDATE _koyalite_accounts SET blocked_at = NULL')).toEqual([user])
  expect(await after('DELETE FROM _koyalite_accounts')).toEqual([user])
})

test('an operator who is changed or deleted is invalidated', async () => {
  expect(await after(`UPDATE _koyalite_operators SET role = 'viewer'`)).toEqual([{ kind: 'operator', id: 'o' }])
  expect(await after('DELETE FROM _koyalite_operators')).toEqual([{ kind: 'operator', id: 'o' }])
})

test('keys are invalidated when one is revoked', async () => {
  verified.add('kl_k', { actor: ACTOR, dependsOn: [{ kind: 'service_key', id: 'k' }], expiresAt: null })
  expect(await after(`INSERT INTO _koyalite_meta VALUES ('unrelated', '')`)).toEqual([])
  expect(verified.find('kl_k', 0)).toBeDefined()
  expect(await after(`UPDATE _koyalite_keys SET revoked_at = 'now'`)).toEqual([{ kind: 'service_key', id: 'k' }])
  expect(verified.find('kl_k', 0)).toBeUndefined()
})

test('a read notices as well as a look', async () => {
  await after(SESSION)
  invalidated.length = 0
  await database.write((tx) => tx.run({ text: 'DELETE FROM _koyalite_sessions', params: [] }))
  follower.get({ text: 'SELECT 1', params: [] })
  expect(invalidated).toEqual([{ kind: 'session', id: 's' }])
})

function rememberAll(): void {
  const session = { kind: 'session', id: 'sx' } as const
  verified.add('token', { actor: ACTOR, dependsOn: [session], expiresAt: 1e15 })
  verified.add('kl_k', { actor: ACTOR, dependsOn: [{ kind: 'service_key', id: 'k' }], expiresAt: null })
}

test('a reader that is too far behind invalidates everything', async () => {
  rememberAll()
  await database.write((tx) => {
    for (let i = 0; i < 1_100; i++) {
      tx.run({ text: `INSERT INTO _koyalite_forgotten (kind, id) VALUES ('session', 'other')`, params: [] })
    }
    pruneInvalidations(tx, 10_000)
  })
  expect(verified.find('token', 0)).toBeDefined()
  follower.look()
  expect(verified.find('token', 0)).toBeUndefined()
  expect(verified.find('kl_k', 0)).toBeUndefined()
  expect(await after(SESSION, 'DELETE FROM _koyalite_sessions')).toEqual([{ kind: 'session', id: 's' }])
})

test('a reader of a database that was reset invalidates everything, even if the numbers have grown again', async () => {
  for (const rows of [0, 2_000]) {
    rememberAll()
    await database.write((tx) => {
      tx.run({ text: 'DELETE FROM _koyalite_forgotten', params: [] })
      for (let i = 0; i < rows; i++) {
        tx.run({ text: `INSERT INTO _koyalite_forgotten (kind, id) VALUES ('session', 'other')`, params: [] })
      }
    })
    await database.newEpoch()
    follower.look()
    expect(verified.find('token', 0)).toBeUndefined()
    expect(await after(SESSION, 'DELETE FROM _koyalite_sessions')).toEqual([{ kind: 'session', id: 's' }])
  }
})
