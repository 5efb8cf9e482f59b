import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  createApi,
  createKey,
  koyaliteCommand,
  koyaliteEnvironment,
  runKoyalite,
  startServer,
  type TempProject,
  until,
  useProjects,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)

const schema = (field: string) => `version: 1
collections:
  posts:
    fields: { id: { type: int, primary: true, default: auto }, ${field}: { type: string } }
    rules: { read: "true" }
`
/** Longer than any test waits. */
const ENDLESS = 'WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i) SELECT count(*) FROM i'
const SLOW = `version: 1
name: slow
operations:
  - { type: rename_field, collection: posts, from: name, to: title }
  - { type: sql, up: "UPDATE posts SET title = (${ENDLESS})", down: "-- nothing" }
`

const projects = useProjects({ schema: schema('name') })

async function projectToMigrate(): Promise<TempProject> {
  const project = projects.create({ files: { 'posts.ndjson': '{"name":"one"}\n' } })
  const args = ['db', 'import', 'posts', project.path('posts.ndjson'), '--dir', project.dir]
  expect(await runKoyalite(args)).toMatchObject({ code: 0, stderr: '' })
  return project
}

function startApplying(project: TempProject) {
  project.write('schema.yaml', schema('title'))
  project.write('migrations/001_slow.yaml', SLOW)
  return Bun.spawn([...koyaliteCommand(), 'migrate', 'apply', '--dir', project.dir], {
    ...{ env: koyaliteEnvironment({}), stdout: 'pipe', stderr: 'pipe', timeout: 50_000, killSignal: 'SIGKILL' },
  })
}

describe.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('%s to migrate apply', (signal) => {
  test('beside a server cancels what the server does', async () => {
    const project = await projectToMigrate()
    const key = await createKey(project)
    const server = await startServer(project)
    const api = createApi(server.url, key)
    const step = async () => (await api.get('/api/admin/migrate')).body.running?.step as string | undefined
    const command = startApplying(project)
    await until(async () => (await step()) === 'running an sql operation', { what: () => 'the migration runs' })
    command.kill(signal)
    expect([await command.exited, await command.stdout.text(), await command.stderr.text()]).toEqual([
      1,
      '',
      'error: The migration was cancelled and rolled back.\n',
    ])
    expect(await step()).toBeUndefined()
    expect((await api.list('posts')).body.docs).toEqual([{ id: 1, name: 'one' }])
    expect((await api.post('/api/collections/posts', { name: 'two' })).status).toBe(201)
    await server.kill('SIGTERM')
  })
})

test('SIGTERM without a server rolls it back too', async () => {
  const project = await projectToMigrate()
  const command = startApplying(project)
  // Of a project that nobody serves, the database is held by the command.
  await until(
    () =>
      Bun.file(project.path('data/snapshots'))
        .stat()
        .then(
          () => true,
          () => false,
        ),
    {
      what: () => 'the migration begins',
    },
  )
  command.kill('SIGTERM')
  expect(await command.exited).toBe(1)
  expect(await command.stderr.text()).toContain('The migration was cancelled and rolled back.')
  const dump = await runKoyalite([
    'db',
    'dump',
    '-',
    '--collection',
    'posts',
    '--format',
    'ndjson',
    '--dir',
    project.dir,
  ])
  expect(JSON.parse(dump.stdout)).toEqual({ id: 1, name: 'one' })
})
