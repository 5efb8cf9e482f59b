import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineService } from '@koyalite/kernel'
import { until } from '@koyalite/testkit'
import { SERVICES } from './compose'
import { loadProject } from './load-project'
import { openProject, type Project } from './project'
import { ProjectError } from './project-error'
import { toysService } from './testing/toys/toys-service'

/** One that cannot follow every reload. */
const painterService = defineService({
  name: 'painter',
  open: (_: { readonly loaded: { readonly settings: { readonly toys: { readonly color: string } } } }) => ({
    port: {},
    use({ settings }) {
      if (settings.toys.color === 'black') throw new Error('there is no black')
    },
  }),
})

/** The folder `testing/toys`, and a line. */
const services = SERVICES.primary(toysService).primary(painterService)

const SCHEMA = 'version: 1\ncollections: { toys: { fields: { id: { type: int, primary: true, default: auto } } } }\n'

let dir: string
let project: Project
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'koyalite-toys-'))
  writeFileSync(join(dir, 'schema.yaml'), SCHEMA)
  writeFileSync(join(dir, 'koyalite.yaml'), 'toys: { color: green }\n')
  project = await openProject({ dir, services })
})
afterAll(async () => {
  await project.close()
  rmSync(dir, { recursive: true })
})

async function send(app: 'app' | 'control', method: string, path: string) {
  const body = method === 'POST' ? { headers: { 'content-type': 'application/json' }, body: '{}' } : {}
  const request = new Request(`http://localhost${path}`, { method, ...body })
  const response = await project.current()[app].fetch(request, { ip: '127.0.0.1' })
  return { status: response.status, body: JSON.parse(await response.text()) }
}

const toys = async () => (await send('control', 'GET', '/api/admin/toys')).body

test('a service of one folder and one line has its setting, its table, its task, its route and its area', async () => {
  expect(await toys()).toEqual({ color: 'green', wound: 0, made: 0 })
  expect((await send('app', 'GET', '/api/admin/toys')).status).toBe(401)
  expect((await send('control', 'POST', '/api/admin/tasks/toys.wind/run')).body).toMatchObject({
    name: 'toys.wind',
    last: { ok: true, message: 'wound 1 times' },
  })
  expect(services.adminAreas.map(({ name }) => name)).toContain('toys')
  expect((await send('control', 'GET', '/api/openapi.json')).body.paths).toHaveProperty('/api/admin/toys')
})

test('it consumes the changes of documents', async () => {
  expect((await send('control', 'POST', '/api/collections/toys')).status).toBe(201)
  await until(async () => (await toys()).made === 1)
})

test('its state survives a reload, which it follows', async () => {
  writeFileSync(join(dir, 'koyalite.yaml'), 'toys: { color: blue }\n')
  expect(await project.replace(await loadProject({ dir, services }))).toMatchObject({ kind: 'applied' })
  expect(await toys()).toEqual({ color: 'blue', wound: 1, made: 1 })
})

test('where a service cannot follow a reload, all serve what was served before', async () => {
  writeFileSync(join(dir, 'koyalite.yaml'), 'toys: { color: black }\n')
  const failed = await project.replace(await loadProject({ dir, services })).catch((error: unknown) => String(error))
  expect(failed).toBe('Error: there is no black')
  expect(await toys()).toEqual({ color: 'blue', wound: 1, made: 1 })
  writeFileSync(join(dir, 'koyalite.yaml'), 'toys: { color: blue }\n')
})

test('its tables survive the process', async () => {
  await project.close()
  project = await openProject({ dir, services })
  expect(await toys()).toEqual({ color: 'blue', wound: 0, made: 1 })
})

test('a mistake in its settings is found like any other', async () => {
  writeFileSync(join(dir, 'koyalite.yaml'), 'toys: { colour: blue }\n')
  const failed = await loadProject({ dir, services }).catch((error: unknown) => error)
  expect((failed as ProjectError).problems).toEqual([
    "koyalite.yaml:1:9 unknown option 'toys.colour' (did you mean 'color'?)",
  ])
  expect(failed).toBeInstanceOf(ProjectError)
})
