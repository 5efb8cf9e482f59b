import { describe, expect, test } from 'bun:test'
import { isKoyaError, type KoyaError } from '@koyalite/client'
import { freePort, until, useServer } from '@koyalite/testkit'
import { createCollection } from '@tanstack/db'
import { koyaCollectionOptions } from './koya-collection-options'
import { person, room } from './testing/person'
import { ROOMS_SCHEMA } from './testing/rooms'

const settings = 'auth: { rate_limit: { api: 100000/minute, register: 1000/minute } }\n'
const server = useServer({ schema: ROOMS_SCHEMA, settings, port: freePort() })

/** What a transaction was refused with. */
const refusal = (transaction: { when(state: 'settled'): Promise<unknown> }): Promise<KoyaError> =>
  transaction.when('settled').then(
    () => Promise.reject(new Error('it was not refused')),
    (error) => (isKoyaError(error) ? error : Promise.reject(error)),
  )

const keyOf = ({ mutations: [first] }: { readonly mutations: readonly { readonly key: unknown }[] }) =>
  String(first?.key)

describe('a collection', () => {
  test('has what the query has, and follows it', async () => {
    const ann = await person(server)
    const { name, todos, titles } = await room(ann)
    expect([todos.status, titles()]).toEqual(['ready', []])
    const made = await ann.koya.todos.create({ title: 'A', room: name })
    await todos.utils.awaitSeq(ann.koya.lastSeq ?? '')
    expect(todos.get(made.id)).toMatchObject({ title: 'A', made_at: made.made_at })
    await ann.koya.todos.update(made.id, { title: 'B' })
    await ann.koya.todos.create({ title: 'C', room: 'elsewhere' })
    await todos.utils.awaitSeq(ann.koya.lastSeq ?? '')
    expect(titles()).toEqual(['B'])
    await ann.koya.todos.update(made.id, { room: 'elsewhere' })
    await until(() => todos.size === 0)
    await todos.cleanup()
  })

  test('shows inserts, updates and deletes at once, sends only what changed, and waits for the live query', async () => {
    const ann = await person(server)
    const { name, todos, errors } = await room(ann)
    const insert = todos.insert({ title: 'A', room: name })
    const [row] = todos.toArray
    expect(row).toMatchObject({ title: 'A', done: false, owner_id: ann.id, $hasPendingWrites: true })
    await insert.when('settled')
    const id = row?.id ?? ''
    expect(todos.get(id)).toMatchObject({ title: 'A', rank: 0, $hasPendingWrites: false })
    expect(await ann.koya.todos.getById(id)).toMatchObject({ id, title: 'A', owner_id: ann.id })

    const update = todos.update(id, (draft) => {
      draft.title = 'B'
    })
    expect(todos.get(id)?.title).toBe('B')
    await update.when('settled')
    expect(todos.get(id)?.title).toBe('B')

    const remove = todos.delete(id)
    expect(todos.size).toBe(0)
    await remove.when('settled')
    expect(todos.size).toBe(0)
    expect(ann.requests).toEqual([
      'POST /api/collections/todos',
      `GET /api/collections/todos/${id}`,
      `PATCH /api/collections/todos/${id}`,
      `DELETE /api/collections/todos/${id}`,
    ])
    expect(errors).toEqual([])
    await todos.cleanup()
  })

  test('of inserts without defaults has the fields that were given, until the server has answered', async () => {
    const { koya } = await person(server)
    const posts = createCollection(koyaCollectionOptions({ query: koya.posts }))
    await posts.preload()
    const insert = posts.insert([{ title: 'A' }, { title: 'B' }])
    const keys = insert.mutations.map(({ key }) => key)
    expect(posts.get(keys[0])).toMatchObject({ id: keys[0], title: 'A' })
    await insert.when('settled')
    expect(await koya.posts.getById(keys[1])).toEqual({ id: keys[1], title: 'B' })
    await posts.cleanup()
  })

  test('does not let go of a write before the live query has it, nor after', async () => {
    for (const first of ['answer', 'delta'] as const) {
      const ann = await person(server)
      const { name, todos } = await room(ann)
      const frames: string[] = []
      todos.subscribeChanges(() => frames.push(todos.toArray.map(({ title, done }) => `${title} ${done}`).join()))
      const gate = Promise.withResolvers<void>()
      if (first === 'answer') ann.delay.message = () => gate.promise
      else ann.delay.after = () => gate.promise
      const insert = todos.insert({ title: 'A', room: name })
      const id = keyOf(insert)
      const update = todos.update(id, (draft) => {
        draft.done = true
      })
      if (first === 'answer') await until(() => ann.requests.length === 2)
      else await until(() => todos.utils.live().getSnapshot().docs.length === 1)
      expect([insert.state, todos.size, todos.get(id)?.$hasPendingWrites]).toEqual(['persisting', 1, true])
      gate.resolve()
      await Promise.all([insert.when('settled'), update.when('settled')])
      expect(todos.get(id)).toMatchObject({ title: 'A', done: true, $hasPendingWrites: false })
      const values = frames.filter((frame, at) => frame !== frames[at - 1])
      expect(values).toEqual(['A false', 'A true'])
      await todos.cleanup()
    }
  })

  test('sends what changes one document in its order, however long each takes', async () => {
    const ann = await person(server)
    const { name, todos } = await room(ann)
    const delays = [40, 0, 20, 0, 10, 0]
    ann.delay.before = () => Bun.sleep(delays.shift() ?? 0)
    const insert = todos.insert({ title: '0', room: name })
    const id = keyOf(insert)
    const frames: (string | undefined)[] = []
    todos.subscribeChanges(() => frames.push(todos.get(id)?.title))
    for (const title of ['1', '2', '3', '4', '5']) {
      todos.update(id, (draft) => {
        draft.title = title
      })
    }
    await until(() => todos.get(id)?.$hasPendingWrites === false)
    expect((await ann.koya.todos.getById(id)).title).toBe('5')
    expect(frames.filter((frame, at) => frame !== frames[at - 1])).toEqual(['1', '2', '3', '4', '5'])
    await todos.cleanup()
  })

  test('takes back what is refused, with the error of the server', async () => {
    const ann = await person(server)
    const { name, todos, errors, titles } = await room(ann)
    const insert = todos.insert({ title: '', room: name })
    const other = todos.insert({ title: 'other', room: name })
    const update = todos.update(keyOf(insert), (draft) => {
      draft.done = true
    })
    expect(titles()).toEqual(['', 'other'])
    const error = await refusal(insert)
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', status: 422 })
    expect(error.details[0]).toMatchObject({ field: 'title', code: 'minLength' })
    await other.when('settled')
    // There is no document that it could change.
    expect((await refusal(update)).code).toBe('NOT_FOUND')
    expect([titles(), errors.map(({ code }) => code)]).toEqual([['other'], ['VALIDATION_ERROR', 'NOT_FOUND']])

    const protectedOne = todos.insert({ title: 'protected', room: name, rank: 100 })
    await protectedOne.when('settled')
    const remove = todos.delete(keyOf(protectedOne))
    expect(titles()).toEqual(['other'])
    expect((await refusal(remove)).code).toBe('FORBIDDEN')
    expect(titles()).toEqual(['other', 'protected'])
    await todos.cleanup()
  })

  test('several documents in one call are one batch, all or nothing', async () => {
    const ann = await person(server)
    const { name, todos, titles } = await room(ann)
    const insert = todos.insert(['A', 'B', 'C'].map((title) => ({ title, room: name })))
    await insert.when('settled')
    const ids = insert.mutations.map(({ key }) => key)
    await todos
      .update(ids, (drafts) => {
        for (const draft of drafts) draft.done = true
      })
      .when('settled')
    const refused = todos.insert([
      { title: 'D', room: name },
      { title: '', room: name },
    ])
    expect(await refusal(refused)).toMatchObject({ code: 'VALIDATION_ERROR', operation: 1 })
    expect(titles()).toEqual(['A', 'B', 'C'])
    await todos.delete(ids).when('settled')
    expect(new Set(ann.requests)).toEqual(new Set(['POST /api/batch']))
    const many = todos.insert(Array.from({ length: 1001 }, (_, i) => ({ title: `${i}`, room: name })))
    expect(await refusal(many)).toMatchObject({ code: 'INVALID_REQUEST', message: expect.stringContaining('1000') })
    expect([ann.requests.length, todos.size]).toEqual([4, 0])
    await todos.cleanup()
  })

  test('a write that changes nothing settles too, and what others changed meanwhile stays', async () => {
    const ann = await person(server)
    const ben = await person(server)
    const { name, todos } = await room(ann)
    const { id } = await ben.koya.todos.create({ title: 'A', room: name })
    await until(() => todos.has(id))
    ann.delay.message = () => new Promise((resolve) => setTimeout(resolve, 30))
    await ben.koya.todos.update(id, { title: 'B', rank: 7 })
    const update = todos.update(id, (draft) => {
      draft.title = 'B'
    })
    await update.when('settled')
    expect(todos.get(id)).toMatchObject({ title: 'B', rank: 7 })
    await todos.cleanup()
  })

  test('a document that the query does not have, or that may not be read, is gone once it is saved', async () => {
    const ann = await person(server)
    const { todos } = await room(ann)
    const insert = todos.insert({ title: 'A', room: 'elsewhere' })
    expect(todos.size).toBe(1)
    await insert.when('settled')
    expect(todos.size).toBe(0)
    await todos.cleanup()
  })

  test('a write without an answer is taken back; if it was saved all the same, it arrives', async () => {
    const ann = await person(server)
    const { name, todos, titles } = await room(ann)
    ann.delay.after = () => Promise.reject(new Error('the line is dead'))
    const insert = todos.insert({ title: 'A', room: name })
    expect((await refusal(insert)).code).toBe('NETWORK')
    ann.delay.after = undefined as never
    await until(() => titles().join() === 'A')
    // All tries had the same key.
    expect(await ann.koya.todos.filter({ room: name }).count()).toBe(1)
    await todos.cleanup()
  })

  test('a live query that is late takes back nothing', async () => {
    const ann = await person(server)
    const { name, todos, titles, errors } = await room(ann, undefined, { awaitTimeout: 50 })
    const gate = Promise.withResolvers<void>()
    ann.delay.message = () => gate.promise
    const warnings: string[] = []
    const { warn } = console
    console.warn = (text: string) => warnings.push(text)
    const insert = todos.insert({ title: 'A', room: name })
    await insert.when('settled').finally(() => {
      console.warn = warn
    })
    expect([insert.state, warnings.length, errors]).toEqual(['completed', 1, []])
    expect(warnings[0]).not.toContain('A,')
    gate.resolve()
    await until(() => titles().join() === 'A')
    await todos.cleanup()
  })

  test('begins again after a clean-up, and options serve several collections', async () => {
    const ann = await person(server)
    const name = 'twice'
    const options = koyaCollectionOptions({ query: ann.koya.todos.filter({ room: name }) })
    const one = createCollection(options)
    const two = createCollection({ ...options, id: 'two' })
    await Promise.all([one.preload(), two.preload()])
    await one.insert({ title: 'A', room: name }).when('settled')
    expect([one.size, two.size]).toEqual([1, 1])
    await one.cleanup()
    await ann.koya.todos.create({ title: 'B', room: name })
    await two.utils.awaitSeq(ann.koya.lastSeq ?? '')
    expect([one.size, two.size]).toEqual([0, 2])
    await one.preload()
    expect(one.size).toBe(2)
    await one.insert({ title: 'C', room: name }).when('settled')
    expect([one.size, two.size]).toEqual([3, 3])
    await Promise.all([one.cleanup(), two.cleanup()])
    // A write of a collection that nobody follows is only sent.
    const idle = createCollection(options)
    await idle.insert({ title: 'D', room: name }).when('settled')
    expect(await ann.koya.todos.filter({ room: name }).count()).toBe(4)
  })

  test('keeps its rows while the connection is lost, and has what it missed afterwards', async () => {
    const ann = await person(server)
    const { name, todos, titles } = await room(ann)
    await todos
      .insert([
        { title: 'A', room: name },
        { title: 'B', room: name },
      ])
      .when('settled')
    const sizes: number[] = []
    todos.subscribeChanges(() => sizes.push(todos.size))
    await server.restart()
    await server.api.post('/api/collections/todos', { title: 'C', room: name, owner_id: ann.id })
    await until(() => titles().join() === 'A,B,C')
    expect(Math.min(...sizes)).toBe(3)
    await todos.cleanup()
  })

  test('a query that is refused is an error of the collection', async () => {
    const { koya } = await person(server)
    const nobody = createCollection(koyaCollectionOptions({ query: koya.todos.filter({ nope: 1 } as never) }))
    const error = await nobody.preload().catch((reason: unknown) => reason)
    expect([isKoyaError(error) && error.code, nobody.status]).toEqual(['INVALID_FILTER', 'error'])
    await nobody.cleanup()
  })

  test('what it cannot do says so', async () => {
    const { koya } = await person(server)
    expect(() => koyaCollectionOptions({ query: koya.todos.sort('title') })).toThrow(/without 'sort'/)
    expect(() => koyaCollectionOptions({ query: koya.todos.limit(3) })).toThrow(/without 'limit'/)
    // @ts-expect-error: these documents have no titles
    expect(() => koyaCollectionOptions({ query: koya.todos.fields('id') })).toThrow(/without 'fields'/)
    const counters = createCollection(koyaCollectionOptions({ query: koya.counters }))
    await counters.preload()
    expect(() => counters.insert({ name: 'A' })).toThrow(/koya\.counters\.create/)
    await counters.insert({ id: 7, name: 'A' }).when('settled')
    expect(counters.get(7)?.name).toBe('A')
    await counters.cleanup()
  })
})
