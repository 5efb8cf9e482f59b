import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { openProject, type Project } from './project'

setDefaultTimeout(60_000)

const SCHEMA = `
version: 1
collections:
  notes:
    fields: { id: { type: string, primary: true }, text: { type: string } }
    rules: { read: "true" }
`
let dir: string
let project: Project
// biome-ignore lint/suspicious/noExplicitAny: the document is walked as what it is, JSON
let document: any
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'koyalite-openapi-'))
  writeFileSync(join(dir, 'schema.yaml'), SCHEMA)
  project = await openProject({ dir, overrides: { 'database.path': ':memory:' } })
  const request = new Request('http://localhost/api/openapi.json')
  document = await (await project.current().control.fetch(request, { ip: '127.0.0.1' })).json()
})
afterAll(async () => {
  await project.close()
  rmSync(dir, { recursive: true })
})

test('the whole document, as it is served, is valid OpenAPI', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  expect([valid, errors]).toEqual([true, undefined])
})

test('every route of the admin API and of signing in is in it, with what it takes and what it answers', () => {
  const routes = project.current().routes.filter(({ path }) => /^\/api\/(auth|admin)\//.test(path))
  expect(routes.length).toBeGreaterThan(80)
  const lacking = routes.flatMap(({ method, path }) => {
    const operation = document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
    const responses = Object.keys(operation?.responses ?? {}).filter((status) => /^[23]\d\d$/.test(status))
    const takesSomething = operation?.requestBody !== undefined || WITHOUT_BODY.has(`${method} ${path}`)
    const isDescribed = responses.length > 0 && (method === 'GET' || method === 'DELETE' || takesSomething)
    return isDescribed || NO_JSON.has(`${method} ${path}`) ? [] : [`${method} ${path}`]
  })
  expect(lacking).toEqual([])
})

test('an operation says whether it needs a credential, and who may', () => {
  expect(document.paths['/api/admin/users'].get).toMatchObject({
    operationId: 'listUsers',
    description: expect.stringContaining('Operators with the role owner, admin, editor or viewer'),
    security: [{ bearer: [] }],
  })
  expect(document.paths['/api/auth/sessions'].get.security).toEqual([{ bearer: [] }])
  expect(document.paths['/api/auth/login'].post.security).toEqual([])
  // As the whole document says: a credential is welcome.
  expect([document.paths['/api/collections/notes'].get.security, document.security]).toEqual([
    undefined,
    [{}, { bearer: [] }],
  ])
})

test('every route that says what it is for is in it, besides those of documents', () => {
  const unknown = project
    .current()
    .routes.filter(({ path, summary }) => summary !== undefined && !/^\/api\/(collections|batch)/.test(path))
    .map(({ method, path }) => [path.replace(/:(\w+)/g, '{$1}'), method.toLowerCase()] as const)
    .filter(([path, method]) => document.paths[path]?.[method] === undefined)
  expect(unknown).toEqual([])
})

/** They take none, or no JSON. */
const WITHOUT_BODY: ReadonlySet<string> = new Set([
  'POST /api/admin/jobs/release',
  'POST /api/admin/mail/release',
  'POST /api/admin/mail/:id/resend',
  'POST /api/admin/jobs/queues/:name/pause',
  'POST /api/admin/jobs/queues/:name/resume',
  'POST /api/admin/jobs/:id/retry',
  'POST /api/admin/jobs/:id/cancel',
  'POST /api/admin/webhooks/:name/deliveries/:id/skip',
  'POST /api/admin/webhooks/:name/disable',
  'POST /api/admin/webhooks/:name/enable',
  'POST /api/admin/webhooks/:name/test',
  'POST /api/admin/backups/uploads/:id/finish',
  'POST /api/admin/data/realtime/ticket',
  'POST /api/admin/providers/:name/test',
  'POST /api/admin/session/editing',
  'POST /api/auth/mfa/totp/enroll',
  'POST /api/admin/mfa/totp/enroll',
  'POST /api/admin/session',
  'POST /api/auth/oauth/:provider/link',
  'POST /api/auth/oauth/:provider/callback',
  'POST /api/admin/users/:id/block',
  'POST /api/admin/users/:id/unblock',
  'POST /api/admin/users/:id/impersonate',
  ...['pause', 'resume', 'run'].map((action) => `POST /api/admin/schedules/:name/${action}`),
  'POST /api/admin/signing-keys/rotate',
  'POST /api/admin/secret-keys/rotate',
  'POST /api/admin/backups/:name/verify',
  'POST /api/admin/reset',
  'POST /api/admin/tasks/:name/run',
  'POST /api/admin/import',
  'POST /api/admin/import/:collection',
])

/** They answer text of a size that nobody knows. */
const NO_JSON: ReadonlySet<string> = new Set(['GET /api/admin/dump'])
