import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { createProject, runKoyalite, startServer, type TempProject } from '@koyalite/testkit'

setDefaultTimeout(60_000)

const SCHEMA = 'version: 1\ncollections:\n  notes: { fields: { id: { type: int, primary: true } } }\n'

describe('functions on the command line', () => {
  let project: TempProject
  beforeAll(() => {
    project = createProject({ schema: SCHEMA, files: { 'functions/broken.ts': 'export default {\n' } })
  })
  afterAll(() => project.remove())
  const run = (...args: readonly string[]) => runKoyalite(['functions', ...args, '--dir', project.dir])
  const json = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await run(...args, '--json')
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
    return JSON.parse(stdout)
  }

  test('one is written, listed, called and looked up without a server', async () => {
    expect(await json('new', 'hello')).toEqual({ files: ['functions/hello.ts'] })
    const again = await run('new', 'hello')
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('functions/hello.ts is there already')])
    expect((await run('new', 'No')).code).toBe(2)

    const { functions } = await json('list')
    expect(functions).toMatchObject([
      { name: 'broken', version: null, problems: [expect.stringContaining('functions/broken.ts:')] },
      { name: 'hello', version: 1, access: 'auth.id != null', runtime: 'bun', problems: [] },
    ])
    const invoked = await json('invoke', 'hello', '{"name":"Ann"}')
    expect(invoked).toMatchObject({ output: { message: 'Hello Ann' }, log: ['greets'] })
    const logged = await json('logs', '--execution', invoked.execution)
    expect(logged).toMatchObject({ function: 'hello', status: 'ok', actor: { kind: 'system' } })

    const refused = await run('invoke', 'hello', '{"name":""}')
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('Whom shall I greet?')])
    const unknown = await run('invoke', 'nobody')
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining("There is no function 'nobody'.")])
    expect((await run('invoke', 'hello', 'no json')).code).toBe(2)
  })

  test('what cannot be a name is refused before anything is written', async () => {
    const { code, stderr } = await run('new', 'executions')
    expect([code, stderr]).toEqual([2, expect.stringContaining('/api/admin/functions/executions is an address')])
  })

  test('one that takes requests gets method, path, headers and body, and what it answers is printed as it is', async () => {
    writeFileSync(
      project.path('functions/echo.ts'),
      `export default async (request: Request) => {
        const { pathname, search } = new URL(request.url)
        const said = [request.method, pathname + search, request.headers.get('x-a'), await request.text()].join(' ')
        return new Response(said, { status: request.method === 'DELETE' ? 418 : 200 })
      }\n`,
    )
    const sent = await run('invoke', 'echo', 'a body', '--path', 'b?c=1', '--header', 'X-A: 1', '--header', 'X-B: 2')
    expect([sent.code, sent.stdout]).toEqual([0, 'POST /api/functions/echo/b?c=1 1 a body'])
    expect((await run('invoke', 'echo')).stdout).toBe('GET /api/functions/echo  ')
    const refused = await run('invoke', 'echo', '--method', 'delete', '--json')
    expect([refused.code, JSON.parse(refused.stdout)]).toEqual([
      1,
      expect.objectContaining({ status: 418, body: 'DELETE /api/functions/echo  ', log: [], truncated: false }),
    ])
    expect((await run('invoke', 'hello', '--method', 'GET')).code).toBe(2)
    expect((await run('invoke', 'echo', '--header', 'none')).code).toBe(2)
  })

  test('a log that was cut says so', async () => {
    writeFileSync(
      project.path('functions/chatty.ts'),
      `import { defineFunction } from '@koyalite/functions'
      export default defineFunction({ handler: () => console.log('x'.repeat(20_000)) })\n`,
    )
    expect((await run('invoke', 'chatty')).stderr).toContain('it has logged more than is kept')
    expect((await run('logs', 'chatty')).stdout).toContain('it has logged more than is kept')
    expect((await json('invoke', 'chatty')).truncated).toBe(true)
  })

  test('versions are rolled back and promoted in the running server', async () => {
    const server = await startServer(project, {})
    try {
      const file = project.path('functions/hello.ts')
      expect((await json('versions', 'hello')).versions).toHaveLength(1)
      await server.kill('SIGTERM')
      writeFileSync(file, readFileSync(file, 'utf8').replace('Hello', 'Good day'))
      const second = await startServer(project, {})
      try {
        expect((await json('invoke', 'hello')).output).toEqual({ message: 'Good day world' })
        expect(await json('rollback', 'hello')).toEqual({ name: 'hello', version: 1, before: 2 })
        expect((await json('invoke', 'hello')).output).toEqual({ message: 'Hello world' })
        expect((await run('list')).stdout).toMatch(/hello +1 \(chosen\)/)
        expect((await run('rollback', 'hello')).code).toBe(1)
        expect(await json('promote', 'hello@2')).toEqual({ name: 'hello', version: 2, split: null })
        expect((await json('invoke', 'hello@1')).output).toEqual({ message: 'Hello world' })
        expect((await run('promote', 'hello@9')).code).toBe(1)
      } finally {
        await second.kill('SIGKILL')
      }
    } finally {
      await server.kill('SIGKILL')
    }
  })
})
