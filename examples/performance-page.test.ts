import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createKey,
  createProject,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
  testSamples,
} from '@koyalite/testkit'

setDefaultTimeout(60_000)

const PAGE = join(import.meta.dir, '../docs/performance.md')
const text = readFileSync(PAGE, 'utf8')

describe('docs/performance.md', () => {
  let project: TempProject
  let server: ServerProcess
  let key: string
  beforeAll(async () => {
    const [, schema = ''] = /```yaml\n([\s\S]*?)```/.exec(text) ?? []
    project = createProject({ schema })
    const made = await runKoyalite(['users', 'create', 'ann@example.com', '--dir', project.dir], { stdin: '' })
    expect(made).toMatchObject({ code: 0 })
    key = await createKey(project)
    server = await startServer(project)
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project?.remove()
  })

  const count = testSamples([PAGE], { url: () => server.url, dir: () => project.dir, key: () => key })
  test('has requests', () => expect(count).toBe(2))

  const explained = [...text.matchAll(/```sh\nkoyalite (rules explain .*)\n```\n\n```text\n([\s\S]*?)```/g)]
  test('has explanations', () => expect(explained).toHaveLength(2))
  test.each(explained.map(([, command = '', output = '']) => [command, output] as const))(
    '%s',
    async (command, output) => {
      const { code, stdout } = await runKoyalite([...command.split(' '), '--dir', project.dir])
      expect(code).toBe(0)
      expect(stdout).toContain(output)
    },
  )
})
