import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { JobHandler, JobQueue, ProjectEvent, ProjectEvents } from '@koyalite/contracts'
import { defineService } from '@koyalite/kernel'
import type { Database } from '@koyalite/sqlite'
import { createProject, type TempProject, until } from '@koyalite/testkit'
import { SERVICES } from './compose'
import { openProject, type Project } from './project'

const seen: ProjectEvent[] = []
let parts: { readonly events: ProjectEvents; readonly database: Database; readonly jobs: JobQueue }

const FAILING: JobHandler = {
  ...{ queue: 'default', concurrency: null, timeoutMs: 60_000, groupConcurrency: 1, keyScope: 'enqueuer' },
  ...{ isSensitive: false, showsResult: false },
  retryAfterMs: () => null,
  problems: () => [],
  run: async () => ({ kind: 'failed', isFinal: true, error: { code: 'BROKEN', message: 'not for others' } }),
}

/** Remembers what it is given. */
const witnessService = defineService({
  name: 'witness',
  async open({ events, database, jobs }: typeof parts) {
    parts = { events, database, jobs }
    jobs.handledBy({
      find: (name) => (name.startsWith('fail') ? FAILING : null),
      names: () => ['fail', 'fail.quietly'],
    })
    const subscription = events.subscribe({
      name: 'witness',
      patterns: () => ['*'],
      deliver: (tx, event) => tx.afterCommit(() => void seen.push(event)),
    })
    await subscription.changed()
    return { port: {}, close: () => subscription.end() }
  },
})

const SCHEMA = `version: 1
collections:
  posts:
    fields:
      id: { type: int, primary: true, default: auto }
      title: { type: string }
    rules: { create: "true" }
`

let folder: TempProject
let project: Project
const open = async () => {
  project = await openProject({ dir: folder.dir, services: SERVICES.primary(witnessService) })
}
beforeEach(async () => {
  folder = createProject({ schema: SCHEMA })
  seen.length = 0
  await open()
})
afterEach(async () => {
  await project.close()
  folder.remove()
})

async function send(method: string, path: string, body: unknown = {}, as: 'app' | 'control' = 'app') {
  const request = new Request(`http://localhost${path}`, {
    ...{ method, headers: { 'content-type': 'application/json' } },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
  })
  const response = await project.current()[as].fetch(request, { ip: '127.0.0.1' })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers }
}

describe('events of a project', () => {
  test('a change over HTTP, at the position that its response names', async () => {
    const created = await send('POST', '/api/collections/posts', { title: 'a' })
    expect(created.status).toBe(201)
    await until(() => seen.length === 1)
    expect(seen[0]).toMatchObject({
      type: 'posts.created',
      seq: created.headers.get('koyalite-seq'),
      change: { collection: 'posts', key: created.body.id, doc: created.body, old: null },
    })
  })

  test('users: who registered and signed in, and no more of that', async () => {
    const account = { email: 'ann@example.com', password: 'correct horse battery' }
    expect((await send('POST', '/api/auth/register', account)).status).toBe(201)
    expect((await send('POST', '/api/auth/login', account)).status).toBe(200)
    expect((await send('POST', '/api/auth/login', { ...account, password: 'wrong' })).status).toBe(401)
    await send('POST', '/api/collections/posts', { title: 'last' })
    await until(() => seen.at(-1)?.type === 'posts.created')
    const types = seen.map(({ type }) => type)
    expect(types.filter((type) => type !== 'users.updated')).toEqual([
      // Who registers is signed in.
      ...['users.created', 'auth.registered', 'auth.login', 'auth.login', 'posts.created'],
    ])
    const { key } = seen.find(({ type }) => type === 'users.created')?.change ?? {}
    const ofAuth = seen.filter(({ type }) => type.startsWith('auth.'))
    expect(ofAuth.map(({ data }) => data)).toEqual(ofAuth.map(() => ({ id: key as string, kind: 'user' })))
    expect(JSON.stringify(seen)).not.toContain('argon2')
  })

  test('what happened while nobody followed comes with the next start', async () => {
    await project.close()
    project = await openProject({ dir: folder.dir })
    await send('POST', '/api/collections/posts', { title: 'between' })
    await project.close()
    await open()
    await until(() => seen.length === 1)
    expect(seen[0]?.change?.doc).toMatchObject({ title: 'between' })
  })

  test('events of the project itself, if what publishes them is committed', async () => {
    const { database, events } = parts
    await database.write((tx) => events.publish(tx, { type: 'orders.paid', data: 1, chain: null }))
    await until(() => seen.length === 1)
    expect(seen[0]).toMatchObject({ type: 'orders.paid', data: 1, seq: null })
  })

  test('jobs of functions that were given up, and none of the server', async () => {
    const { database, jobs } = parts
    for (const name of ['fail.quietly', 'fail']) {
      await database.write((tx) => jobs.push(tx, { name, payload: null, actor: null, chain: { root: 'r', depth: 2 } }))
    }
    await project.services.startThreads()
    await until(() => seen.length > 0)
    const data = { id: expect.any(String), name: 'fail', attempts: 1, error: 'BROKEN' }
    expect(seen).toMatchObject([{ type: 'job.dead', data, chain: { root: 'r', depth: 2 } }])
  })

  test('an import can be silent: later changes of what it brought are events', async () => {
    const imported = await project.current().control.fetch(
      new Request('http://localhost/api/admin/import/posts?events=false', {
        ...{ method: 'POST', headers: { 'content-type': 'application/x-ndjson' } },
        body: '{"id":1,"title":"a"}\n{"id":2,"title":"b"}\n',
      }),
      { ip: '127.0.0.1' },
    )
    expect(await imported.json()).toEqual({ imported: 2 })
    expect((await send('PATCH', '/api/collections/posts/2', { title: 'c' }, 'control')).status).toBe(200)
    await until(() => seen.length > 0)
    expect(seen.map(({ type, change }) => [type, change?.old, change?.doc])).toEqual([
      ['posts.updated', { id: 2, title: 'b' }, { id: 2, title: 'c' }],
    ])
  })

  test('metrics say how far subscribers are', async () => {
    await send('POST', '/api/collections/posts', { title: 'a' })
    await until(() => seen.length === 1)
    const metrics = await project.current().control.fetch(new Request('http://localhost/metrics'), { ip: '127.0.0.1' })
    const text = await metrics.text()
    expect(text).toContain('koyalite_events_delivered_total{subscriber="witness"} 1')
    expect(text).toContain('koyalite_events_failing{subscriber="witness"} 0')
  })
})
