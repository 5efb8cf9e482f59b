import { expect, setDefaultTimeout, test } from 'bun:test'
import { createApi, expectStatus, until, useProjects } from '@koyalite/testkit'

setDefaultTimeout(120_000)

const SCHEMA = `version: 1
collections:
  posts:
    fields:
      id: { type: int, primary: true, default: auto }
      n: { type: int }
    rules: { create: "true", update: "true", read: "true" }
  seen:
    fields:
      id: { type: string, primary: true }
      type: { type: string }
      n: { type: int }
    rules: { read: "true" }
`
const FILES = {
  'functions/index-posts.ts': `import { defineFunction } from '@koyalite/functions'
export default defineFunction({
  config: { events: ['posts.*'], admin: true },
  async handler({ id, type, doc }: any, ctx) {
    await ctx.admin.db.collection('seen').upsert(id, { type, n: doc.n })
  },
})
`,
}
const projects = useProjects({ schema: SCHEMA, files: FILES })

test('over kill -9 no event is missing, each with the document of its time', async () => {
  const project = projects.create()
  const expected: string[] = []
  for (let round = 0; round < 3; round++) {
    const server = await projects.serve(project)
    const api = createApi(server.url)
    for (let k = 0; k < 5; k++) {
      const n = round * 100 + k * 10
      const { body } = expectStatus(await api.post('/api/collections/posts', { n }), 201)
      expectStatus(await api.patch(`/api/collections/posts/${body.id}`, { n: n + 1 }), 200)
      expected.push(`posts.created ${n}`, `posts.updated ${n + 1}`)
    }
    await server.kill('SIGKILL')
  }
  const server = await projects.serve(project)
  const api = createApi(server.url)
  const seen = async (): Promise<string[]> => {
    const { body } = await api.get('/api/collections/seen?limit=200')
    return body.docs.map(({ type, n }: { type: string; n: number }) => `${type} ${n}`)
  }
  await until(async () => (await seen()).length >= expected.length, { withinMs: 90_000 })
  expect((await seen()).sort()).toEqual(expected.sort())
})
