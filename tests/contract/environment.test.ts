import { expect, setDefaultTimeout, test } from 'bun:test'
import {
  createApi,
  expectStatus,
  runKoyalite,
  type ServerProcess,
  type TempProject,
  useProjects,
} from '@koyalite/testkit'

setDefaultTimeout(120_000)

const SCHEMA = `
version: 1
collections:
  notes:
    fields: { id: { type: int, primary: true, default: auto }, text: { type: string } }
    rules: { read: "true" }
`
const files = Object.fromEntries(
  ['dev', 'staging', 'production'].flatMap((environment) => [
    // Another database too: a command beside a server has to find the server's.
    [`koyalite.${environment}.yaml`, `name: in-${environment}\ndatabase: { path: data/${environment}.db }\n`],
    [`seeds/${environment}/notes.yaml`, `notes:\n  - { text: ${environment} }\n`],
  ]),
)

const projects = useProjects({ schema: SCHEMA, files })
let project: TempProject
let server: ServerProcess
async function serve(command: 'start' | 'dev', environment?: string): Promise<ReturnType<typeof createApi>> {
  project = projects.create()
  server = await projects.serve(project, { command, env: { KOYALITE_ENV: environment } })
  return createApi(server.url)
}
const command = (...args: string[]) => runKoyalite([...args, '--dir', project.dir])
const nameOf = async (api: ReturnType<typeof createApi>) => expectStatus(await api.get('/'), 200).body.name
const texts = async (api: ReturnType<typeof createApi>) =>
  expectStatus(await api.get('/api/collections/notes'), 200).body.docs.map(({ text }: { text: string }) => text)

test('start defaults to production, also for commands used meanwhile', async () => {
  const api = await serve('start')
  expect(await nameOf(api)).toBe('in-production')
  expect((await command('db', 'seed')).code).toBe(0)
  expect(await texts(api)).toEqual(['production'])
  const reset = await command('db', 'reset', '--yes')
  expect(reset.code).toBe(1)
  expect(reset.stderr).toContain('production')
  expect(await texts(api)).toEqual(['production'])
})

test('dev defaults to dev', async () => {
  const api = await serve('dev')
  expect(await nameOf(api)).toBe('in-dev')
  expect((await command('db', 'seed')).code).toBe(0)
  expect(await texts(api)).toEqual(['dev'])
  expect((await command('db', 'reset', '--yes')).code).toBe(0)
  expect(await texts(api)).toEqual([])
})

test('without a server the data of a non-production environment can be reset', async () => {
  await serve('start', 'staging')
  await server.kill('SIGTERM')
  const env = { KOYALITE_ENV: 'staging' }
  const reset = await runKoyalite(['db', 'reset', '--yes', '--dir', project.dir], { env })
  expect(reset.code).toBe(0)
})

test.each([
  ['start', 'dev', 404],
  ['start', 'staging', 404],
  ['dev', 'production', 200],
] as const)(
  '%s has its own defaults in the environment %s, which picks overlay and seeds',
  async (name, environment, mailbox) => {
    const api = await serve(name, environment)
    expect(await nameOf(api)).toBe(`in-${environment}`)
    expect((await api.get('/_/mail')).status).toBe(mailbox)
    const seeded = await runKoyalite(['db', 'seed', '--dir', project.dir], { env: { KOYALITE_ENV: environment } })
    expect(seeded.code).toBe(0)
    expect(await texts(api)).toEqual([environment])
    // By the command, and where the name says production.
    const reset = await command('db', 'reset', '--yes')
    expect({ code: reset.code, stderr: reset.stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('cannot be reset'),
    })
    expect(await texts(api)).toEqual([environment])
  },
)
