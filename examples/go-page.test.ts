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
} from '@koyalite/testkit'

setDefaultTimeout(120_000)

const text = readFileSync(join(import.meta.dir, '../docs/go.md'), 'utf8')

interface GoSample {
  readonly code: string
  /** What it prints; null where the page does not say. */
  readonly output: string | null
}

const samples = [...text.matchAll(/^```go\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm)].map(
  ([, code = '', output = null]): GoSample => ({ code, output }),
)

/** Packages of the standard library that bodies of functions need. */
const IMPORTS = ['context', 'errors', 'fmt', 'os', 'strings', 'time']

/** One program that runs the bodies in their order. */
function programOf(bodies: readonly GoSample[]): string {
  const functions = bodies.map(
    ({ code }, i) => `func sample${i}(ctx context.Context, koya *koyalite.Client) error {\n${code}\nreturn nil\n}\n`,
  )
  const main = `func main() {
	koya, err := koyalite.New(os.Getenv("KOYALITE_URL"), koyalite.WithToken(os.Getenv("KOYALITE_KEY")))
	if err != nil {
		panic(err)
	}
	for i, sample := range []func(context.Context, *koyalite.Client) error{${bodies.map((_, i) => `sample${i}`).join(', ')}} {
		if err := sample(context.Background(), koya); err != nil {
			fmt.Println("error:", i, err)
		}
		fmt.Println("---")
	}
}
`
  const imports = [...IMPORTS, 'example.com/shop/generated/go/koyalite'].map((name) => `\t"${name}"\n`).join('')
  return `package main\n\nimport (\n${imports})\n\n${main}\n${functions.join('\n')}`
}

describe.skipIf(Bun.which('go') === null)('docs/go.md', () => {
  let project: TempProject
  let server: ServerProcess
  let environment: Readonly<Record<string, string | undefined>>
  beforeAll(async () => {
    const [, schema = ''] = /```yaml\n([\s\S]*?)```/.exec(text) ?? []
    project = createProject({ schema, files: { 'go.mod': 'module example.com/shop\n\ngo 1.24\n' } })
    const generated = await runKoyalite(['generate', '--lang', 'go', '--dir', project.dir])
    expect(generated).toMatchObject({ code: 0 })
    const key = await createKey(project)
    server = await startServer(project)
    environment = { ...process.env, GOWORK: 'off', KOYALITE_URL: server.url, KOYALITE_KEY: key }
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project?.remove()
  })

  function run(folder: string): string {
    const done = Bun.spawnSync(['go', 'run', `./${folder}`], { cwd: project.dir, env: environment })
    return `${done.stdout}${done.stderr}`
  }

  test('its program, and then its samples in their order, print what it says', () => {
    const [program, ...bodies] = samples
    if (program === undefined) throw new Error('no program')
    project.write('hello/main.go', program.code.replace('http://127.0.0.1:8090', server.url))
    expect(run('hello')).toBe(program.output ?? '')
    project.write('samples/main.go', programOf(bodies))
    const outputs = run('samples').split('---\n')
    expect(outputs.slice(0, -1)).toEqual(bodies.map(({ output }) => output ?? ''))
    expect(bodies.length).toBeGreaterThan(10)
  })

  test('its samples are formatted', () => {
    for (const { code } of samples) {
      const body = code.startsWith('package')
        ? code
        : `package main\n\nfunc f() {\n${code.replace(/^(?=.)/gm, '\t')}}\n`
      const done = Bun.spawnSync(['gofmt'], { stdin: Buffer.from(body) })
      expect(done.stdout.toString()).toBe(body)
    }
  })
})
