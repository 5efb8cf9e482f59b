import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
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

const text = readFileSync(join(import.meta.dir, '../docs/python.md'), 'utf8')

const samples = [...text.matchAll(/^```python\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm)].map(
  ([, code = '', output = '']) => ({ code, output }),
)

/** The first sample is a program; the others have its imports and a client. */
const CLIENT = `koya_url, koya_key = os.environ["KOYALITE_URL"], os.environ["KOYALITE_KEY"]
koya = Koyalite(koya_url, token=koya_key)
`

describe.skipIf(!hasPython)('docs/python.md', () => {
  let project: TempProject
  let server: ServerProcess
  let environment: Readonly<Record<string, string | undefined>>
  beforeAll(async () => {
    const [, schema = ''] = /```yaml\n([\s\S]*?)```/.exec(text) ?? []
    project = createProject({ schema })
    const generated = await runKoyalite(['generate', '--lang', 'python', '--dir', project.dir])
    expect(generated).toMatchObject({ code: 0 })
    const key = await createKey(project)
    server = await startServer(project)
    const PYTHONPATH = project.path('generated/python')
    environment = { ...process.env, PYTHONPATH, KOYALITE_URL: server.url, KOYALITE_KEY: key }
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project?.remove()
  })

  test('its samples, in their order, print what it says', () => {
    const [program, ...others] = samples.map(({ code }) => code.replaceAll('http://127.0.0.1:8090', server.url))
    const parts = [program, ...others.map((code, i) => (i === 0 ? CLIENT + code : code))]
    project.write('samples.py', parts.join('\nprint("---")\n'))
    const python = join(pythonTools(), 'python')
    const done = Bun.spawnSync([python, project.path('samples.py')], { env: environment })
    expect(done.stderr.toString()).toBe('')
    expect(done.stdout.toString().split('---\n')).toEqual(samples.map(({ output }) => output))
    expect(samples.length).toBeGreaterThan(10)
  })

  test('its samples are formatted', () => {
    for (const { code } of samples) {
      const ruff = [join(pythonTools(), 'ruff'), 'format', '--isolated', '--line-length', '100', '-']
      expect(Bun.spawnSync(ruff, { stdin: Buffer.from(code) }).stdout.toString()).toBe(code)
    }
  })
})
