import { expect, setDefaultTimeout, test } from 'bun:test'
import {
  createApi,
  freePort,
  koyaliteCommand,
  koyaliteEnvironment,
  type TempProject,
  until,
  useProjects,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)

const projects = useProjects({
  schema: `version: 1
collections:
  posts:
    fields: { id: { type: int, primary: true, default: auto }, text: { type: text } }
    rules: { read: "true" }
`,
})

/** A project that prints more than a pipe holds. */
function projectWithMuch(): TempProject {
  const rows = Array.from({ length: 3000 }, () => `{"text":"${'x'.repeat(200)}"}\n`)
  return projects.create({ files: { 'seeds/posts.ndjson': rows.join('') } })
}

/** Runs a command whose output nobody reads beyond its first bytes, with whether its errors go the same way. */
function cutOff(project: TempProject, args: readonly string[], both = false) {
  const command = [...koyaliteCommand(), ...args].map((word) => `'${word}'`).join(' ')
  const line = both ? `{ ${command} 2>&1; echo "code $?" >&3; }` : `{ ${command}; echo "code $?" >&3; }`
  return Bun.spawn(['sh', '-c', `${line} 3>&2 | head -c 1 >/dev/null`], {
    cwd: project.dir,
    env: koyaliteEnvironment({}),
    stderr: 'pipe',
    timeout: 50_000,
    killSignal: 'SIGKILL',
  })
}

test.each<[readonly string[], number]>([
  [['--help'], 0],
  [['db', 'dump', '-', '--format', 'ndjson'], 0],
  [['db', 'dump', '-', '--format', 'sql'], 0],
  [['rules', 'explain', 'posts', 'read', '--as', 'anonymous'], 0],
  [['doctor', '--json'], 0],
])('%p ends quietly when its output is cut off', async (args, code) => {
  const project = projectWithMuch()
  expect(await cutOff(project, ['db', 'seed']).exited).toBe(0)
  expect(await cutOff(project, args).stderr.text()).toBe(`code ${code}\n`)
})

test('so does one that fails, with its code', async () => {
  expect(await cutOff(projectWithMuch(), ['nonsense'], true).stderr.text()).toBe('code 2\n')
})

test('dev ends when it has something to say that nobody reads', async () => {
  const project = projectWithMuch()
  const dev = cutOff(project, ['dev', '--port', String(freePort())])
  let edits = 0
  const isEnded = () => {
    // Not all the time: an edit is taken once there are no others for a moment.
    if (edits++ % 40 === 0) project.write('koyalite.yaml', `name: edit-${edits}\n`)
    return dev.exitCode !== null
  }
  await until(isEnded, { what: () => 'dev ended' })
  expect(await dev.stderr.text()).toBe('code 0\n')
})

test('start goes on serving', async () => {
  const project = projectWithMuch()
  const port = freePort()
  const start = Bun.spawn([...koyaliteCommand(), 'start', '--verbose', '--port', String(port)], {
    ...{ cwd: project.dir, env: koyaliteEnvironment({}), timeout: 50_000, killSignal: 'SIGKILL' },
    ...{ stdout: 'pipe', stderr: 'pipe' },
  })
  await start.stdout.cancel()
  const api = createApi(`http://127.0.0.1:${port}`)
  const serves = () =>
    api.list('posts').then(
      ({ status }) => status === 200,
      () => false,
    )
  await until(serves, { what: () => 'start serves' })
  // Each request is a line of its log.
  for (let i = 0; i < 20; i++) expect(await serves()).toBe(true)
  start.kill('SIGTERM')
  expect([await start.exited, await start.stderr.text()]).toEqual([0, ''])
})
