import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  type Api,
  createApi,
  createKey,
  createProject,
  expectError,
  expectStatus,
  runKoyalite,
  startServer,
  type TempProject,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)
const schema = (fields: string, more = '') => `
version: 1
collections:
  posts:
    fields:
      id:    { type: uuid, primary: true, default: auto }
      title: { type: string, maxLength: 5 }
${fields}
${more}`
const FIRST = schema('      views: { type: int, default: 0, max: 10 }')

let project: TempProject
let key: string
beforeEach(async () => {
  project = createProject({ schema: FIRST })
  key = await createKey(project)
  await serve(FIRST, async (api) => {
    for (const title of ['one', 'two']) expectStatus(await api.post('/api/collections/posts', { title }), 201)
  })
})
afterEach(() => project.remove())

/** Runs the server on another schema for as long as `use` takes. */
async function serve(text: string, use: (api: Api, anonymous: Api) => Promise<void>): Promise<void> {
  project.write('schema.yaml', text)
  const server = await startServer(project)
  try {
    await use(createApi(server.url, key), createApi(server.url))
  } finally {
    await server.kill('SIGTERM')
  }
}
const titles = async (api: Api) =>
  (await api.list('posts', { sort: 'title', fields: 'title' })).body.docs.map((doc: { title: string }) => doc.title)

describe('a change that loses nothing is applied at the next start', () => {
  test('a new collection, with a reference to an old one', async () => {
    const more =
      '  comments:\n    fields:\n      id: { type: int, primary: true, default: auto }\n      post_id: { type: uuid, references: posts.id, onDelete: cascade }\n'
    await serve(schema('      views: { type: int, default: 0, max: 10 }', more), async (api) => {
      const [post] = (await api.list('posts')).body.docs
      expectStatus(await api.post('/api/collections/comments', { post_id: post.id }), 201)
      expect(await titles(api)).toEqual(['one', 'two'])
    })
  })

  test('a new field: nullable, or with a default for existing documents', async () => {
    const fields =
      '      views: { type: int, default: 0, max: 10 }\n      note: { type: text, nullable: true }\n      open: { type: bool, default: true }\n      kind: { type: string, default: plain }\n      at: { type: timestamp, default: now }'
    await serve(schema(fields), async (api) => {
      for (const doc of (await api.list('posts')).body.docs) {
        expect(doc).toMatchObject({ note: null, open: true, kind: 'plain', at: expect.stringMatching(/Z$/) })
      }
      expect((await api.list('posts', { filter: 'open:eq:true', count: true })).body.total).toBe(2)
    })
  })

  test('a new index, also a unique one that the data satisfies', async () => {
    const more =
      '    indexes:\n      - { name: idx_title, fields: [title], unique: true }\n      - { name: idx_views, fields: [views, title], order: desc }\n'
    await serve(schema('      views: { type: int, default: 0, max: 10 }', more), async (api) => {
      expectError(await api.post('/api/collections/posts', { title: 'one' }), 'CONFLICT')
    })
  })

  test('looser constraints', async () => {
    const loose = FIRST.replace('maxLength: 5', 'maxLength: 50, nullable: true').replace(', max: 10', '')
    await serve(loose, async (api) => {
      expectStatus(await api.post('/api/collections/posts', { title: 'longer than five', views: 99 }), 201)
      expectStatus(await api.post('/api/collections/posts', { title: null }), 201)
      expect((await api.list('posts', { count: true })).body.total).toBe(4)
    })
  })

  test('rules', async () => {
    await serve(
      schema('      views: { type: int, default: 0, max: 10 }', '    rules: { read: "true" }\n'),
      async (_api, anonymous) => {
        expect(await titles(anonymous)).toEqual(['one', 'two'])
      },
    )
    await serve(FIRST, async (_api, anonymous) => expectError(await anonymous.list('posts'), 'UNAUTHENTICATED'))
  })
})

describe('start refuses a change that could lose data, says which, and leaves the data unchanged', () => {
  const DESTRUCTIVE: readonly (readonly [name: string, text: string, says: string])[] = [
    ['a dropped field', schema(''), 'views'],
    ['a renamed field', FIRST.replace('views:', 'count:'), 'views'],
    ['a dropped collection', 'version: 1\ncollections: {}\n', 'posts'],
    ['another type', FIRST.replace('title: { type: string, maxLength: 5 }', 'title: { type: int }'), 'title'],
    [
      'a new required field',
      schema('      views: { type: int, default: 0, max: 10 }\n      must: { type: string }'),
      'must',
    ],
    ['a stricter constraint', FIRST.replace('maxLength: 5', 'maxLength: 2'), 'title'],
  ]
  for (const [name, text, says] of DESTRUCTIVE) {
    test(name, async () => {
      project.write('schema.yaml', text)
      const result = await runKoyalite(['start', '--dir', project.dir, '--port', '0'])
      expect(result.code).toBe(1)
      expect(result.stderr).toContain(says)
      expect(result.stderr).toContain('schema.yaml')
      await serve(FIRST, async (api) => {
        const { docs } = (await api.list('posts', { sort: 'title' })).body
        expect(docs.map((doc: object) => ({ ...doc, id: '' }))).toEqual([
          { id: '', title: 'one', views: 0 },
          { id: '', title: 'two', views: 0 },
        ])
      })
    })
  }
})
