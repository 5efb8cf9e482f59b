import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync, unlinkSync } from 'node:fs'
import {
  createApi,
  createKey,
  expectError,
  expectStatus,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
  until,
  useProjects,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)

const schema = (...fields: readonly string[]) => `version: 1
collections:
  posts:
    fields:
      id: { type: int, primary: true, default: auto }
${fields.map((field) => `      ${field}\n`).join('')}    rules: { read: "true" }
`
const NAME = 'name: { type: string }'
const BODY = 'body: { type: text, nullable: true }'
const FIRST = schema(NAME, BODY)
const WITHOUT_BODY = schema(NAME)
const DROP = 'migrations/001_drop_body.yaml'

const projects = useProjects({ schema: FIRST })

/** A project with a document, and a schema.yaml that has changed since. */
async function changedProject(to: string): Promise<TempProject> {
  const project = projects.create({ files: { 'posts.ndjson': '{"name":"one","body":"text"}\n' } })
  const made = await runKoyalite(['db', 'import', 'posts', project.path('posts.ndjson'), '--dir', project.dir])
  expect(made).toMatchObject({ code: 0, stderr: '' })
  project.write('schema.yaml', to)
  return project
}

const migrate = (project: TempProject, ...args: readonly string[]) =>
  runKoyalite(['migrate', ...args, '--dir', project.dir])
const states = async (project: TempProject) =>
  JSON.parse((await migrate(project, 'status', '--json')).stdout).migrations.map(
    ({ state }: { readonly state: string }) => state,
  )
const documents = async (server: ServerProcess) => (await createApi(server.url).list('posts')).body.docs

async function withDev(project: TempProject, work: (dev: ServerProcess) => Promise<void>): Promise<void> {
  const dev = await startServer(project, { command: 'dev', args: ['--no-studio'] })
  try {
    await said(dev, 'Press Ctrl-C to stop.')
    await work(dev)
  } finally {
    await dev.kill('SIGTERM')
  }
}

/** Waits until `dev` has said a text so many times. */
const said = (dev: ServerProcess, text: string, times = 1) =>
  until(() => dev.output().split(text).length > times, { what: () => `dev said '${text}', not only\n${dev.output()}` })

describe('a draft that loses data', () => {
  test('waits beside dev until a line confirms it; nonsense and other files change nothing', async () => {
    const project = await changedProject(WITHOUT_BODY)
    await withDev(project, async (dev) => {
      const created = await migrate(project, 'create', 'drop body')
      expect(created.code).toBe(0)
      expect(created.stderr).toContain('It loses the values of posts.body.')
      await said(dev, `${DROP} loses the values of posts.body`)
      await said(dev, `1 migration draft waits: ${DROP}.`)
      expect(await documents(dev)).toMatchObject([{ name: 'one', body: 'text' }])
      expect(await states(project)).toEqual(['draft'])
      expect((await migrate(project, 'status')).stderr).toContain(`${DROP} would lose data`)
      const draft = readFileSync(project.path(DROP), 'utf8')
      for (const [nonsense, answer] of [
        ['confirm: yes, do it', "'confirm' must be true or false"],
        ['confrim: true', "unknown key 'confrim' in a migration (did you mean 'confirm'?)"],
        ['confirm: true\nconfirm: true', 'confirm'],
        ['\tconfirm: [', DROP],
      ] as const) {
        project.write(DROP, `${draft}${nonsense}\n`)
        await said(dev, answer)
      }
      project.write(DROP, `${draft}confirm: false\n`)
      await said(dev, `${DROP} loses the values of posts.body`, 2)
      expect(await documents(dev)).toMatchObject([{ body: 'text' }])
      project.write(DROP, `${draft}confirm: true\n`)
      await said(dev, `✓ ${DROP}`)
      expect(await documents(dev)).toEqual([{ id: 1, name: 'one' }])
      // It may go again: what was applied is the same.
      project.write(DROP, draft)
      await said(dev, `${DROP} changed  ✓ loaded`)
    })
    expect(await states(project)).toEqual(['applied'])
  })

  test('is applied once it is edited', async () => {
    const project = await changedProject(WITHOUT_BODY)
    await withDev(project, async (dev) => {
      await migrate(project, 'create', 'drop body')
      await said(dev, `${DROP} loses`)
      const draft = readFileSync(project.path(DROP), 'utf8')
      project.write(DROP, draft.replace('description: drop body', 'description: Nobody read it'))
      await said(dev, `✓ ${DROP}`)
      expect(await documents(dev)).toEqual([{ id: 1, name: 'one' }])
    })
  })

  test('is refused by start, and applied by migrate apply, which confirms it in the file', async () => {
    const project = await changedProject(WITHOUT_BODY)
    const created = JSON.parse((await migrate(project, 'create', 'drop body', '--json')).stdout)
    expect(created).toMatchObject({ file: DROP, losses: ['the values of posts.body'], questions: [] })
    const start = await runKoyalite(['start', '--dir', project.dir, '--port', '0'])
    expect(start.code).toBe(1)
    expect(start.stderr).toContain(`${DROP} loses the values of posts.body`)
    expect(start.stderr).toContain('add the line "confirm: true"')
    const asked = await migrate(project, 'apply')
    expect(asked.code).toBe(1)
    expect(asked.stderr).toContain('Pass --yes to confirm.')
    expect(readFileSync(project.path(DROP), 'utf8')).toStartWith('# Draft ')
    expect(await migrate(project, 'apply', '--yes')).toMatchObject({ code: 0 })
    expect(readFileSync(project.path(DROP), 'utf8')).toStartWith('confirm: true\n')
    const server = await startServer(project)
    expect(await documents(server)).toEqual([{ id: 1, name: 'one' }])
    await server.kill('SIGTERM')
    expect(await states(project)).toEqual(['applied'])
  })

  test('waits for {"confirm": true} in the admin API', async () => {
    const project = await changedProject(FIRST)
    const key = await createKey(project)
    await withDev(project, async (dev) => {
      const api = createApi(dev.url, key)
      project.write('schema.yaml', WITHOUT_BODY)
      await said(dev, '- posts.body: its values would be lost')
      const drafted = await api.post('/api/admin/migrate', { action: 'draft', name: 'drop body' })
      expect(drafted.body).toMatchObject({ losses: ['the values of posts.body'], empty: false })
      project.write(DROP, drafted.body.text)
      await said(dev, `${DROP} loses`)
      const refused = await api.post('/api/admin/migrate', { action: 'apply' })
      expectError(refused, 'CONFLICT')
      expect(refused.body.error.details).toMatchObject([{ code: 'unconfirmed' }])
      expectError(await api.post('/api/admin/migrate', { action: 'apply', confirm: 'yes' }), 'VALIDATION_ERROR')
      expect(await documents(dev)).toMatchObject([{ body: 'text' }])
      expectStatus(await api.post('/api/admin/migrate', { action: 'apply', confirm: true }), 200)
      expect(await documents(dev)).toEqual([{ id: 1, name: 'one' }])
    })
  })
})

describe('a draft with an open choice', () => {
  const FILE = 'migrations/001_title.yaml'
  const STRICTER = schema('title: { type: string, maxLength: 5 }', BODY)
  const question = 'posts.name may have been renamed to posts.title'

  test('names the choice and its place; a rename that is stricter too is one draft', async () => {
    const project = await changedProject(STRICTER)
    await withDev(project, async (dev) => {
      const created = await migrate(project, 'create', 'title')
      expect(created.stderr).toContain(`? ${question}: choose one in ${FILE}:5`)
      await said(dev, `${FILE}:5:3 ${question}: choose one`)
      await said(dev, `1 migration draft waits: ${FILE}.`)
      const status = await migrate(project, 'status')
      expect(status.code).toBe(1)
      expect(status.stderr).toContain(`${FILE}:5:3 ${question}`)
      const applied = await migrate(project, 'apply', '--yes')
      expect(applied).toMatchObject({ code: 1, stderr: expect.stringContaining(`${FILE}:5:3`) })
      // A second draft would not see what the first one is for.
      expect(await migrate(project, 'create', 'again')).toMatchObject({ code: 1 })
      const draft = readFileSync(project.path(FILE), 'utf8')
      project.write(FILE, draft.replace('# - { type: rename_field', '- { type: rename_field'))
      await said(dev, 'maxLength none → 5')
      await said(dev, `1 migration draft waits: ${FILE}, without these changes: extend it`)
      project.write(FILE, draft.replace(/# - \{ type: (rename|alter)_field/g, '- { type: $1_field'))
      await said(dev, `✓ ${FILE}`)
      expect(await documents(dev)).toEqual([{ id: 1, title: 'one', body: 'text' }])
    })
  })

  test('is refused by start', async () => {
    const project = await changedProject(STRICTER)
    expect((await migrate(project, 'create', 'title')).code).toBe(0)
    const start = await runKoyalite(['start', '--dir', project.dir, '--port', '0'])
    expect(start).toMatchObject({ code: 1, stderr: expect.stringContaining(`${FILE}:5:3 ${question}`) })
    unlinkSync(project.path(FILE))
  })
})

test('a field whose column stays is renamed at once, and keeps its values', async () => {
  const project = await changedProject(schema('title: { type: string, maxLength: 5, column: name }', BODY))
  await withDev(project, async (dev) => {
    await said(dev, "posts.name is renamed to posts.title: the column 'name' stays, and no data is lost")
    const created = await migrate(project, 'create', 'title', '--json')
    expect(JSON.parse(created.stdout)).toMatchObject({ questions: [], losses: [] })
    await said(dev, '✓ migrations/001_title.yaml')
    expect(await documents(dev)).toEqual([{ id: 1, title: 'one', body: 'text' }])
  })
})
