import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Api,
  createApi,
  createKey,
  createProject,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
  until,
} from '@koyalite/testkit'

setDefaultTimeout(120_000)

const FOLDER = join(import.meta.dir, 'go-report')
const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8')

describe.skipIf(Bun.which('go') === null)('examples/go-report', () => {
  let project: TempProject
  let server: ServerProcess
  let api: Api
  let program: string
  beforeAll(async () => {
    project = createProject()
    for (const part of ['schema.yaml', 'koyalite.yaml', 'seeds'])
      cpSync(join(import.meta.dir, 'blog', part), project.path(part), { recursive: true })
    for (const part of ['go.mod', 'main.go', 'report.go', 'follow.go'])
      cpSync(join(FOLDER, part), project.path(`report/${part}`))
    const output = project.path('report/generated')
    const generated = await runKoyalite(['generate', '--dir', project.dir, '--lang', 'go', '--output', output])
    expect(generated).toMatchObject({ code: 0 })
    expect(await runKoyalite(['db', 'seed', '--dir', project.dir])).toMatchObject({ code: 0 })
    const key = await createKey(project)
    server = await startServer(project)
    api = createApi(server.url, key)
    program = project.path('report/go-report')
    const cwd = project.path('report')
    for (const command of [
      ['go', 'vet', './...'],
      ['go', 'build', '-o', program, '.'],
    ]) {
      const done = Bun.spawnSync(command, { cwd, env: { ...process.env, GOWORK: 'off' } })
      expect(`${done.stdout}${done.stderr}`).toBe('')
    }
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project?.remove()
  })

  test('prints what its README says', async () => {
    const report = Bun.spawnSync([program, '-url', server.url], { env: {} })
    const [, expected = ''] = /```text\n(Category[\s\S]*?)```/.exec(readme) ?? []
    expect(`${report.stdout}${report.stderr}`).toBe(expected)
  })

  test('says what is wrong', async () => {
    const wrong = Bun.spawnSync([program, '-url', server.url], { env: { KOYALITE_KEY: 'wrong' } })
    expect([wrong.exitCode, wrong.stderr.toString()]).toEqual([1, expect.stringContaining('UNAUTHENTICATED')])
  })

  test('follows comments, over a restart, until it is interrupted', async () => {
    const child = Bun.spawn([program, '-url', server.url, '-watch'], { env: {}, stdout: 'pipe' })
    let printed = ''
    const reading = (async () => {
      for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) printed += text
    })()
    await until(() => printed.includes('-- connected'))
    const [post] = (await api.get('/api/collections/posts?filter=published:eq:true&limit=1')).body.docs
    const [user] = (await api.get('/api/collections/users?limit=1')).body.docs
    const comment = (content: string) =>
      api.post('/api/collections/comments', { post_id: post.id, author_id: user.id, content })
    await comment('First!')
    await until(() => printed.includes('First!'))
    await server.kill('SIGTERM')
    await until(() => printed.includes('-- interrupted'))
    server = await startServer(project, { port: server.port })
    await comment('Second.')
    await until(() => printed.includes('Second.'))
    child.kill('SIGINT')
    expect(await child.exited).toBe(0)
    await reading
    expect(printed.match(/First!/g)).toHaveLength(1)
  })
})
