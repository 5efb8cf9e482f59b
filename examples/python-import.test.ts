import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Api,
  createApi,
  createKey,
  createProject,
  hasPython,
  pythonTools,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
} from '@koyalite/testkit'

setDefaultTimeout(120_000)

const FOLDER = join(import.meta.dir, 'python-import')
const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8')
const posts = readFileSync(join(FOLDER, 'posts.csv'), 'utf8')
const [, created = '', refused = ''] = /```text\n(.*?)```.*```text\n(.*?)```/s.exec(readme) ?? []

describe.skipIf(!hasPython)('examples/python-import', () => {
  let project: TempProject
  let server: ServerProcess
  let api: Api
  let key: string
  beforeAll(async () => {
    project = createProject()
    for (const part of ['schema.yaml', 'koyalite.yaml', 'seeds'])
      cpSync(join(import.meta.dir, 'blog', part), project.path(part), { recursive: true })
    cpSync(join(FOLDER, 'import_posts.py'), project.path('generated/python/import_posts.py'))
    expect(await runKoyalite(['generate', '--dir', project.dir, '--lang', 'python'])).toMatchObject({ code: 0 })
    expect(await runKoyalite(['db', 'seed', '--dir', project.dir])).toMatchObject({ code: 0 })
    key = await createKey(project)
    server = await startServer(project)
    api = createApi(server.url, key)
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project?.remove()
  })

  function run(csv: string, author = 'mara.lindqvist@example.com') {
    project.write('posts.csv', csv)
    const command = [join(pythonTools(), 'python'), project.path('generated/python/import_posts.py')]
    const args = [project.path('posts.csv'), '--author', author, '--url', server.url]
    const done = Bun.spawnSync([...command, ...args], { env: { KOYALITE_KEY: key } })
    return [done.exitCode, done.stdout.toString(), done.stderr.toString()]
  }

  test('creates what is missing, and changes what differs', async () => {
    expect(run(posts)).toEqual([0, created, ''])
    expect(run(posts)).toEqual([0, '0 created, 0 changed, 0 refused\n', ''])
    expect(run(posts.replace('A garden on', 'Two gardens on'))).toEqual([0, '0 created, 1 changed, 0 refused\n', ''])
    const { docs } = (await api.get('/api/collections/posts?filter=slug:eq:a-garden-on-a-balcony')).body
    expect(docs).toMatchObject([
      {
        ...{ title: 'Two gardens on a balcony', category_id: 'gardening', tags: ['balcony', 'herbs'] },
        published_at: '2026-04-02T00:00:00.000Z',
      },
    ])
  })

  test('reports lines that are refused, and takes the others', () => {
    const wrong = posts.replaceAll('\na-', '\nanother-').replace('\nbread-', '\nBread-')
    expect(run(wrong)).toEqual([1, '1 created, 0 changed, 1 refused\n', refused])
    expect(run(posts, 'nobody@example.com')).toEqual([
      1,
      '',
      'python-import: nobody has the address nobody@example.com\n',
    ])
  })

  test('passes the type checker and ruff', () => {
    const tools = pythonTools()
    const options = { cwd: project.path('generated/python') }
    const mypy = Bun.spawnSync([join(tools, 'mypy'), '--strict', 'import_posts.py'], options)
    const format = Bun.spawnSync([join(tools, 'ruff'), 'format', '--isolated', '--check', 'import_posts.py'], options)
    const ruff = Bun.spawnSync([join(tools, 'ruff'), 'check', '--isolated', '.'], options)
    expect([mypy, format, ruff].map(({ success, stdout }) => (success ? '' : stdout.toString()))).toEqual(['', '', ''])
  })
})
