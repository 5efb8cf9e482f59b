import { afterEach, describe, expect, test } from 'bun:test'
import { AppError, type HookCall, type HookValues } from '@koyalite/contracts'
import { type HooksByName, hooksOfFunctions, type TestHooks } from '../testing/hooks-of-functions'
import { openTestApi, type TestApi, user } from '../testing/open-api'

const ANN = '00000000-0000-7000-8000-00000000000a'
const BEN = '00000000-0000-7000-8000-00000000000b'

const SCHEMA = `
version: 1
collections:
  posts:
    fields:
      id: { type: string, primary: true }
      title: { type: string, maxLength: 5 }
      slug: { type: string, write: "false" }
      owner: { type: uuid, nullable: true }
      role: { type: string, default: none, write: "doc.owner == auth.id" }
      open: { type: bool, default: true }
      score: { type: int, nullable: true, internal: true }
    rules:
      create: "doc.owner == auth.id"
      read: "doc.open || doc.owner == auth.id"
      update: "old.owner == auth.id && doc.owner == auth.id"
      delete: "doc.owner == auth.id"
  members:
    fields:
      id: { type: string, primary: true }
      user_id: { type: uuid }
    rules: { create: "members.filter(m, m.user_id == auth.id).size() > 0" }
  log:
    fields:
      id: { type: int, primary: true, default: auto }
      text: { type: string }
`

let api: TestApi
let hooks: TestHooks
afterEach(() => api.close())

async function open(byName: Readonly<Record<string, HooksByName>>): Promise<void> {
  hooks = hooksOfFunctions(byName)
  api = await openTestApi(SCHEMA, { hooks })
}

const ann = () => api.as(user(ANN))
const ben = () => api.as(user(BEN))
const codeOf = ({ status, body }: { status: number; body: { error?: { code: string } } }) => [status, body.error?.code]

describe('what a hook returns', () => {
  test('may set what the caller may not write, and internal fields', async () => {
    await open({ posts: { beforeCreate: ({ data }) => ({ ...data, slug: 's', score: 7 }) } })
    const { status, body } = await ann()('POST', '/collections/posts', { id: 'p', title: 't', owner: ANN })
    expect([status, body.slug]).toEqual([201, 's'])
    expect(body.score).toBeUndefined()
    const sent = await ann()('POST', '/collections/posts', { id: 'q', title: 't', owner: ANN, slug: 's' })
    expect(codeOf(sent)).toEqual([422, 'VALIDATION_ERROR'])
  })

  test('is judged by the rules of the operation', async () => {
    await open({
      posts: { beforeCreate: ({ data }) => ({ ...data, slug: 's', owner: data?.title === 'give' ? BEN : ANN }) },
    })
    expect((await ann()('POST', '/collections/posts', { id: 'p', title: 't', owner: BEN })).status).toBe(201)
    expect(codeOf(await ann()('POST', '/collections/posts', { id: 'q', title: 'give', owner: ANN }))).toEqual([
      403,
      'FORBIDDEN',
    ])
  })

  test('does not open fields: their rules judge what was sent', async () => {
    await open({ posts: { beforeCreate: ({ data }) => ({ ...data, slug: 's', owner: ANN }) } })
    const sent = await ann()('POST', '/collections/posts', { id: 'p', title: 't', owner: BEN, role: 'admin' })
    expect(codeOf(sent)).toEqual([403, 'FORBIDDEN'])
    expect((await ann()('POST', '/collections/posts', { id: 'p', title: 't', owner: ANN, role: 'admin' })).status).toBe(
      201,
    )
  })

  test('cannot make an update pass that the stored document refuses', async () => {
    let runs = 0
    await open({
      posts: {
        beforeCreate: ({ data }) => ({ ...data, slug: 's' }),
        beforeUpdate({ data }) {
          runs++
          return { ...data, owner: BEN }
        },
      },
    })
    await ann()('POST', '/collections/posts', { id: 'p', title: 't', owner: ANN })
    expect(codeOf(await ben()('PATCH', '/collections/posts/p', { title: 'b' }))).toEqual([403, 'FORBIDDEN'])
    expect(runs).toBe(0)
    expect(codeOf(await ann()('PATCH', '/collections/posts/p', { title: 'a' }))).toEqual([403, 'FORBIDDEN'])
    expect(runs).toBe(1)
    expect((await api.system('GET', '/collections/posts/p')).body).toMatchObject({ title: 't', owner: ANN })
  })

  test('of a wrong type is an error of the caller where they can see the field, and of the server where not', async () => {
    const given: Record<string, HookValues> = {
      long: { slug: 's', title: 'too long for it' },
      internal: { slug: 's', score: 'text' },
      unknown: { slug: 's', slgu: 1 },
      missing: {},
    }
    await open({ posts: { beforeCreate: ({ data }) => ({ ...data, ...given[data?.title as string] }) } })
    const create = (title: string) =>
      ann()('POST', '/collections/posts', { id: 'p', title: title.slice(0, 5), owner: ANN })
    Object.assign(given, { inter: given.internal, unkno: given.unknown, missi: given.missing })
    expect(codeOf(await create('long'))).toEqual([422, 'VALIDATION_ERROR'])
    for (const title of ['inter', 'unkno']) {
      const { status, body } = await create(title)
      expect([status, body.error.code]).toEqual([500, 'INTERNAL'])
      expect(JSON.stringify(body)).not.toMatch(/score|slgu/)
    }
    expect(codeOf(await create('missi'))).toEqual([422, 'VALIDATION_ERROR'])
    expect((await api.system('GET', '/collections/posts')).body.docs).toEqual([])
  })

  test('cannot change the key of a stored document', async () => {
    await open({ posts: { beforeUpdate: ({ data }) => ({ ...data, id: 'other' }) } })
    await api.system('POST', '/collections/posts', { id: 'p', title: 't', slug: 's', owner: ANN })
    expect((await ann()('PATCH', '/collections/posts/p', { title: 'u' })).status).toBe(500)
    expect((await api.system('GET', '/collections/posts/p')).body.title).toBe('t')
  })

  test('values of other kinds become JSON, or are refused', async () => {
    const circle: Record<string, unknown> = {}
    circle.self = circle
    const values: Record<string, unknown> = { circ: circle, big: 1n }
    await open({ posts: { beforeCreate: ({ data }) => ({ ...data, slug: values[data?.title as string] as never }) } })
    for (const title of Object.keys(values))
      expect((await ann()('POST', '/collections/posts', { id: 'p', title, owner: ANN })).status).toBe(500)
  })

  test('what it wrote elsewhere is earlier than the write', async () => {
    await open({
      members: {
        beforeCreate({ data, documents }, { depth, actor }) {
          if (depth === 0 && actor.kind === 'user') documents.create('members', { id: 'first', user_id: actor.id })
          return data
        },
      },
    })
    expect((await ann()('POST', '/collections/members', { id: 'm', user_id: ANN })).status).toBe(201)
  })
})

describe('no hook runs for what the caller may not see or write', () => {
  test('hidden documents and preconditions', async () => {
    const runs: string[] = []
    const note = (name: string) => (input: { readonly data: HookValues | null }) => {
      runs.push(name)
      return input.data
    }
    await open({ posts: { beforeUpdate: note('update'), beforeDelete: note('delete') } })
    await api.system('POST', '/collections/posts', { id: 'p', title: 't', slug: 's', owner: ANN, open: false })
    const hidden = await ben()('PATCH', '/collections/posts/p', { title: 'u' })
    const missing = await ben()('PATCH', '/collections/posts/none', { title: 'u' })
    expect([hidden.status, missing.status]).toEqual([404, 404])
    expect((await ben()('DELETE', '/collections/posts/p')).status).toBe(404)
    expect((await ben()('PUT', '/collections/posts/p', { title: 'u', owner: BEN })).status).toBe(404)
    const stale = { 'if-match': '"other"' }
    expect((await ann()('PATCH', '/collections/posts/p', { title: 'u' }, stale)).status).toBe(412)
    expect((await ann()('DELETE', '/collections/posts/p', undefined, stale)).status).toBe(412)
    expect(runs).toEqual([])
  })

  test('prepare: not for what is not valid, nor for whom no document would be allowed', async () => {
    const runs: unknown[] = []
    await open({
      log: {
        async prepareCreate({ data }) {
          runs.push(data)
          return data
        },
      },
    })
    expect((await api.anonymous('POST', '/collections/log', { text: 'x' })).status).toBe(401)
    expect((await api.system('POST', '/collections/log', { text: 7 })).status).toBe(422)
    expect(
      (
        await api.system('POST', '/batch', {
          operations: [
            { op: 'create', collection: 'log', data: { text: 'x' } },
            { op: 'create', collection: 'log', data: { text: 7 } },
          ],
        })
      ).status,
    ).toBe(422)
    expect(runs).toEqual([])
    expect((await api.system('POST', '/collections/log', { text: 'x' })).status).toBe(201)
    expect(runs).toEqual([{ text: 'x' }])
  })
})

describe('prepare', () => {
  test('its result goes on, by every door; a repeated request runs it once', async () => {
    let runs = 0
    const upper = async ({ data }: { readonly data: HookValues | null }) => {
      runs++
      return { ...data, slug: String(data?.title).toUpperCase() }
    }
    await open({ posts: { prepareCreate: upper, prepareUpdate: upper } })
    const slugs = async () =>
      ((await api.system('GET', '/collections/posts?sort=id')).body.docs as { slug: string }[]).map(({ slug }) => slug)
    const key = { 'idempotency-key': crypto.randomUUID() }
    for (let tries = 0; tries < 2; tries++)
      expect((await ann()('POST', '/collections/posts', { id: 'a', title: 'a', owner: ANN }, key)).status).toBe(201)
    expect(runs).toBe(1)
    await ann()('POST', '/collections/posts', [{ id: 'b', title: 'b', owner: ANN }])
    await ann()('PUT', '/collections/posts/c', { title: 'c', owner: ANN })
    await api.system('POST', '/batch', {
      operations: [
        { op: 'upsert', collection: 'posts', data: { id: 'd', title: 'x', owner: ANN } },
        { op: 'upsert', collection: 'posts', data: { id: 'd', title: 'd', owner: ANN } },
        { op: 'create', collection: 'posts', data: { id: 'e', title: 'e', owner: ANN } },
      ],
    })
    await ann()('PATCH', '/collections/posts/a', { title: 'f' })
    expect(await slugs()).toEqual(['F', 'B', 'C', 'D', 'E'])
  })

  test('what it throws refuses the write, which is not queued', async () => {
    await open({
      posts: {
        async prepareCreate() {
          throw new AppError('CONFLICT', 'No more posts today.')
        },
      },
    })
    const { status, body } = await ann()('POST', '/collections/posts', { id: 'a', title: 'a', owner: ANN })
    expect([status, body.error.message]).toEqual([409, 'No more posts today.'])
  })
})

describe('hooks that write', () => {
  test('end where eight are inside of one another, and nothing of it remains', async () => {
    const depths: number[] = []
    await open({
      log: {
        beforeCreate({ data, documents }, { depth }) {
          depths.push(depth)
          documents.create('log', { text: 'again' })
          return data
        },
      },
    })
    const { status, body } = await api.system('POST', '/collections/log', { text: 'x' })
    expect([status, body.error.code]).toEqual([508, 'CHAIN_TOO_DEEP'])
    expect(depths).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect((await api.system('GET', '/collections/log')).body.docs).toEqual([])
  })

  test('after a write: each write is one of its own, and they end as well', async () => {
    const depths: number[] = []
    await open({
      log: {
        async afterCreate({ documents }, { depth }) {
          depths.push(depth)
          await documents.create('log', { text: 'again' }).catch((error: AppError) => {
            if (error.code !== 'CHAIN_TOO_DEEP') throw error
          })
        },
      },
    })
    await api.system('POST', '/collections/log', { text: 'x' })
    await hooks.settled()
    expect(depths).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect((await api.system('GET', '/collections/log')).body.docs).toHaveLength(9)
  })

  test('read and write with all rights, internal fields too, and see what the write did', async () => {
    const seen: unknown[] = []
    await open({
      log: {
        beforeCreate({ data, documents }) {
          const made = documents.create('posts', { id: 'p', title: 't', slug: 's', score: 3 })
          seen.push(made.score, documents.update('posts', 'p', { score: { $inc: 1 } }).score)
          seen.push(
            documents.list('posts', { filter: { title: 't' }, sort: '-id', limit: 5 }).map(({ score }) => score),
          )
          seen.push(
            documents.count('posts'),
            documents.count('posts', { title: 'none' }),
            documents.get('posts', 'none'),
          )
          documents.delete('posts', 'p')
          seen.push(documents.get('posts', 'p'))
          return data
        },
        async afterCreate({ documents }) {
          await documents.create('posts', { id: 'q', title: 'u', slug: 's', score: 5 })
          const [found] = await documents.list('posts', {})
          seen.push(found?.score, await documents.count('posts'), (await documents.get('posts', 'q'))?.score)
          await documents.delete('posts', 'q')
        },
      },
    })
    expect((await api.system('POST', '/collections/log', { text: 'x' })).status).toBe(201)
    await hooks.settled()
    expect(seen).toEqual([3, 4, [4], 1, 0, null, null, 5, 1, 5])
  })

  test('cannot write when they have returned', async () => {
    let kept: Parameters<NonNullable<HooksByName['beforeCreate']>>[0]['documents'] | undefined
    await open({
      log: {
        beforeCreate({ data, documents }) {
          kept = documents
          return data
        },
      },
    })
    await api.system('POST', '/collections/log', { text: 'x' })
    expect(() => kept?.create('log', { text: 'late' })).toThrow('after that had returned')
  })

  test('a hook may catch what its own write was refused with: nothing of that remains', async () => {
    await open({
      log: {
        beforeCreate({ data, documents }) {
          try {
            documents.create('posts', { id: 'p', title: 'too long', slug: 's' })
          } catch {
            documents.create('posts', { id: 'q', title: 't', slug: 's' })
          }
          return data
        },
      },
    })
    expect((await api.system('POST', '/collections/log', { text: 'x' })).status).toBe(201)
    const { docs } = (await api.system('GET', '/collections/posts')).body
    expect(docs.map(({ id }: { id: string }) => id)).toEqual(['q'])
  })
})

test('an update that changes nothing runs no hook after it; a hook that changes values makes it one', async () => {
  const after: unknown[] = []
  await open({
    posts: {
      beforeUpdate: ({ data }) => (data?.title === 'u' ? { ...data, slug: 'changed' } : data),
      afterUpdate: ({ doc, old }, { operation }: HookCall) => void after.push([operation, old?.slug, doc?.slug]),
    },
  })
  await api.system('POST', '/collections/posts', { id: 'p', title: 't', slug: 's' })
  await api.system('PATCH', '/collections/posts/p', { title: 't' })
  await hooks.settled()
  expect(after).toEqual([])
  await api.system('PATCH', '/collections/posts/p', { title: 'u' })
  await hooks.settled()
  expect(after).toEqual([['update', 's', 'changed']])
})
