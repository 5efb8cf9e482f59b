import { describe, expect, test } from 'bun:test'
import {
  type Actor,
  type Change,
  type Reads,
  SYSTEM,
  type Tx,
  type UserDirectory,
  type UserInput,
} from '@koyalite/contracts'
import { until } from '../until'

/** A database with `users` that have one field of their own: `name`, a text of at most 20 characters. */
export interface UserDirectoryBench {
  readonly users: UserDirectory
  readonly database: Reads & {
    write<T>(fn: (tx: Tx) => T): Promise<{ readonly value: T }>
    readonly feed: { subscribe(listener: (changes: readonly Change[]) => void): () => void }
  }
  close(): Promise<void>
}

const REQUEST = { actor: SYSTEM, ip: '192.0.2.1', requestId: null, time: Date.parse('2026-01-01T00:00:00Z') } as const

const input = (
  fields: UserInput['fields'],
  server: UserInput['server'] = {},
  by: Actor | 'own' = 'own',
): UserInput => ({
  ...{ fields, server, by },
  request: REQUEST,
})

/** What every UserDirectory must do. */
export function testUserDirectory(name: string, open: () => Promise<UserDirectoryBench>): void {
  async function withBench(work: (bench: UserDirectoryBench) => Promise<void>): Promise<void> {
    const bench = await open()
    try {
      await work(bench)
    } finally {
      await bench.close()
    }
  }
  const add = async ({ users, database }: UserDirectoryBench, email: string, more: UserInput['fields'] = {}) => {
    const create = users.create(input(more, { email }))
    return (await database.write(create)).value
  }
  const problemOf = async (work: () => unknown) => {
    try {
      await work()
      return null
    } catch (error) {
      return (error as { code?: string }).code ?? String(error)
    }
  }

  describe(`the user directory ${name}`, () => {
    test('finds whom it has created, by id and by address, and nobody else', () =>
      withBench(async (bench) => {
        const { users, database } = bench
        const id = await add(bench, ' Ann@Example.com ', { name: 'Ann' })
        const ann = { id, email: 'ann@example.com', role: 'user', verified: false, metadata: null, claims: null }
        expect(users.byId(database, id)).toEqual(ann)
        expect(users.byEmail(database, 'ann@example.com')).toEqual(ann)
        expect(users.byId(database, 'x')).toBeNull()
        expect(users.byEmail(database, 'bob@example.com')).toBeNull()
      }))

    test('stores what the server sets', () =>
      withBench(async ({ users, database }) => {
        const create = users.create(input({}, { email: 'ann@example.com', role: 'editor', verified: true }))
        const { value: id } = await database.write(create)
        expect(users.byId(database, id)).toMatchObject({ role: 'editor', verified: true })
      }))

    test('refuses at once what is not valid', () =>
      withBench(async ({ users }) => {
        const email = 'ann@example.com'
        for (const [fields, server] of [
          [{}, {}],
          [{}, { email: 'ann' }],
          [{ shoe: 1 }, { email }],
          [{ name: 'a name that is longer than that' }, { email }],
          [{ role: 'editor' }, { email }],
          [{ verified: true }, { email }],
          [{ id: 'x' }, { email }],
        ] as const)
          expect(await problemOf(() => users.create(input(fields, server)))).toBe('VALIDATION_ERROR')
        expect(await problemOf(() => users.update('x', input({ shoe: 1 }, {}, SYSTEM)))).toBe('VALIDATION_ERROR')
      }))

    test('has each address once, however it is written', () =>
      withBench(async (bench) => {
        const { users, database } = bench
        await add(bench, 'ann@example.com')
        const bob = await add(bench, 'bob@example.com')
        const again = users.create(input({}, { email: 'ANN@example.com' }))
        expect(await problemOf(() => database.write(again))).toBe('CONFLICT')
        const taken = users.update(bob, input({}, { email: 'ann@example.com' }))
        expect(await problemOf(() => database.write(taken))).toBe('CONFLICT')
        expect(users.byId(database, bob)).toMatchObject({ email: 'bob@example.com' })
      }))

    test('changes what users may change of themselves, and what the server sets', () =>
      withBench(async (bench) => {
        const { users, database } = bench
        const id = await add(bench, 'ann@example.com')
        await database.write(users.update(id, input({ name: 'Ann', metadata: { theme: 'dark' } })))
        await database.write(users.update(id, input({}, { verified: true, claims: { plan: 'free' } })))
        expect(users.byId(database, id)).toMatchObject({
          ...{ verified: true, metadata: { theme: 'dark' }, claims: { plan: 'free' } },
        })
        expect(JSON.parse(users.document(database, id, 'own') ?? '')).toMatchObject({ id, name: 'Ann' })
        expect(await problemOf(() => users.update(id, input({ role: 'editor' })))).toBe('VALIDATION_ERROR')
        const nobody = users.update('x', input({ name: 'X' }, {}, SYSTEM))
        expect(await problemOf(() => database.write(nobody))).toBe('NOT_FOUND')
      }))

    test('removes a user, and minds none that is not there', () =>
      withBench(async (bench) => {
        const { users, database } = bench
        const id = await add(bench, 'ann@example.com')
        await database.write(users.remove(id, REQUEST))
        await database.write(users.remove(id, REQUEST))
        expect([users.byId(database, id), users.document(database, id, 'own')]).toEqual([null, null])
      }))

    test('lists documents as a page', () =>
      withBench(async (bench) => {
        const id = await add(bench, 'ann@example.com')
        const page = JSON.parse(await bench.users.list(SYSTEM, {}, REQUEST))
        expect(page).toMatchObject({ docs: [{ id, email: 'ann@example.com' }], next_cursor: null })
      }))

    test('writes the change log, and nothing where a write fails', () =>
      withBench(async (bench) => {
        const { users, database } = bench
        const seen: string[] = []
        const unsubscribe = database.feed.subscribe((changes) => {
          for (const { collection, op, docId } of changes) seen.push(`${collection} ${op} ${docId}`)
        })
        const failing = users.create(input({}, { email: 'bob@example.com' }))
        const failed = database.write((tx) => {
          failing(tx)
          throw new Error('no')
        })
        expect(await failed.catch((error: unknown) => String(error))).toBe('Error: no')
        const id = await add(bench, 'ann@example.com')
        await database.write(users.update(id, input({ name: 'Ann' })))
        await database.write(users.remove(id, REQUEST))
        await until(() => seen.length >= 3)
        expect(seen).toEqual([`users insert ${id}`, `users update ${id}`, `users delete ${id}`])
        expect(users.byEmail(database, 'bob@example.com')).toBeNull()
        unsubscribe()
      }))
  })
}
