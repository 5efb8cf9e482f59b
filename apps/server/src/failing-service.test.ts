import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ANYONE } from '@koyalite/contracts'
import { defineService, every, route, type Tasks } from '@koyalite/kernel'
import { SERVICES } from './compose'
import { loadProject } from './load-project'
import { openProject, type Project } from './project'

const SCHEMA = 'version: 1\ncollections: {}\n'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'koyalite-failing-'))
  writeFileSync(join(dir, 'schema.yaml'), SCHEMA)
})
afterEach(() => rmSync(dir, { recursive: true }))

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** A service that does this, and notes when it is closed. */
function failing(events: string[], does: { open?: () => void; drain?: () => void; path?: string }) {
  return defineService({
    name: 'failing',
    open(_needs: { readonly loaded: unknown }) {
      does.open?.()
      return {
        port: null,
        drain: () => does.drain?.(),
        routes: () => (does.path === undefined ? [] : [routeAt(does.path)]),
        close: () => void events.push('closed'),
      }
    },
  })
}

const routeAt = (path: string) =>
  route({
    method: 'GET',
    path,
    name: 'fail',
    summary: 'Of a service that fails',
    access: ANYONE,
    responses: { 204: null },
    handle: () => {},
  })

/** The database is closed and its lock released: the same project opens without the service. */
async function opensAgain(): Promise<boolean> {
  const project = await openProject({ dir })
  await project.close()
  return true
}

test('a service that cannot be opened ends the opening', async () => {
  const services = SERVICES.primary(
    failing([], {
      open() {
        throw new Error('no space')
      },
    }),
  )
  expect(await openProject({ dir, services }).catch(messageOf)).toBe('no space')
  expect(await opensAgain()).toBe(true)
})

test('a task that a service has begun has ended before the service is closed, where a later one cannot be opened', async () => {
  const events: string[] = []
  const working = defineService({
    name: 'working',
    open({ tasks }: { readonly loaded: unknown; readonly tasks: Tasks }) {
      const task = tasks.add({
        name: 'working.work',
        summary: 'Works',
        schedule: every(60_000),
        async run(signal) {
          events.push('begun')
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
          await Bun.sleep(5)
          events.push('ended')
          return undefined
        },
      })
      void task.run()
      return { port: null, close: () => void events.push('closed') }
    },
  })
  const broken = failing([], {
    open() {
      throw new Error('no space')
    },
  })
  expect(await openProject({ dir, services: SERVICES.primary(working).primary(broken) }).catch(messageOf)).toBe(
    'no space',
  )
  expect(events).toEqual(['begun', 'ended', 'closed'])
  expect(await opensAgain()).toBe(true)
})

test('a route that another service has ends the opening; what is open by then is closed', async () => {
  const events: string[] = []
  const services = SERVICES.primary(failing(events, { path: '/api/admin/tasks' }))
  expect(await openProject({ dir, services }).catch(messageOf)).toContain('/api/admin/tasks')
  expect(events).toEqual(['closed'])
  expect(await opensAgain()).toBe(true)
})

test('a service that cannot be drained is closed all the same', async () => {
  const events: string[] = []
  const services = SERVICES.primary(
    failing(events, {
      drain() {
        throw new Error('still busy')
      },
    }),
  )
  const project = await openProject({ dir, services })
  expect(await project.close().catch(messageOf)).toBe('still busy')
  expect(events).toEqual(['closed'])
  expect(await opensAgain()).toBe(true)
})

test('a migration that a service cannot follow makes the server not ready until it is followed', async () => {
  let fails = false
  const stubborn = defineService({
    name: 'stubborn',
    open: (_needs: { readonly loaded: unknown }) => ({
      port: null,
      use() {
        if (fails) throw new Error('no space')
      },
    }),
  })
  const services = SERVICES.primary(stubborn)
  const project = await openProject({ dir, services })
  const save = async (schema: string, settings = '') => {
    writeFileSync(join(dir, 'schema.yaml'), schema)
    writeFileSync(join(dir, 'koyalite.yaml'), settings)
    return project.replace(await loadProject({ dir, services })).then(({ kind }) => kind, messageOf)
  }
  const health = async () => {
    const { status, body } = await get(project, '/health/ready')
    return [status, body.checks.find(({ name }: { name: string }) => name === 'schema')]
  }
  const notes = 'version: 1\ncollections: { notes: { fields: { id: { type: int, primary: true, default: auto } } } }\n'

  fails = true
  expect(await save(SCHEMA, 'logs: { level: debug }\n')).toBe('no space')
  expect(await health()).toEqual([200, { name: 'schema', ok: true }])

  expect(await save(notes)).toBe('no space')
  const reason = expect.stringMatching(/^The database was migrated, but .* restart it: no space$/)
  expect(await health()).toEqual([503, { name: 'schema', ok: false, reason }])
  expect(project.current().schema.collections.has('notes')).toBe(false)
  expect(await save(notes)).toBe('no space')
  expect((await health())[0]).toBe(503)

  fails = false
  expect(await save(notes)).toBe('applied')
  expect(await health()).toEqual([200, { name: 'schema', ok: true }])
  expect((await get(project, '/api/collections/notes')).body.docs).toEqual([])
  await project.close()
})

async function get(project: Project, path: string) {
  const request = new Request(`http://localhost${path}`)
  const response = await project.current().control.fetch(request, { ip: '127.0.0.1' })
  return { status: response.status, body: JSON.parse(await response.text()) }
}
