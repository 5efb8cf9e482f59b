import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  createProject,
  hasPython,
  pythonTools,
  runKoyalite,
  type ServerProcess,
  startServer,
  type TempProject,
} from '@koyalite/testkit'

setDefaultTimeout(120_000)

const PAGE = readFileSync(join(import.meta.dir, '../docs/clients-functions.md'), 'utf8')

/** The blocks of a language, with what they print. */
const samplesOf = (language: string) =>
  [
    ...PAGE.matchAll(
      new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`\\n(?:\\n\`\`\`text\\n([\\s\\S]*?)^\`\`\`\\n)?`, 'gm'),
    ),
  ].map(([, code = '', output = '']) => ({ code, output }))

describe('docs/clients-functions.md', () => {
  let project: TempProject
  let server: ServerProcess
  beforeAll(async () => {
    const [schema] = samplesOf('yaml')
    const [bookSeat] = samplesOf('js')
    project = createProject({
      schema: schema?.code ?? '',
      files: { 'functions/bookSeat.ts': bookSeat?.code ?? '', 'go.mod': 'module example.com/seats\n\ngo 1.24\n' },
    })
    const generated = await runKoyalite(['generate', '--lang', 'typescript,go,python', '--dir', project.dir])
    expect([generated.code, generated.stderr]).toEqual([0, expect.any(String)])
    const installed = project.path('node_modules/@koyalite/client')
    mkdirSync(dirname(installed), { recursive: true })
    symlinkSync(dirname(Bun.resolveSync('@koyalite/client/package.json', import.meta.dir)), installed)
    server = await startServer(project)
  })
  afterAll(async () => {
    await server?.kill('SIGKILL')
    project?.remove()
  })

  const run = (command: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const done = Bun.spawnSync([...command], { cwd: project.dir, env: { ...process.env, ...env } })
    return `${done.stdout}${done.stderr}`
  }
  const output = (language: string) => samplesOf(language).map((sample) => sample.output)
  const code = (language: string) => samplesOf(language).map((sample) => sample.code)

  test('its samples in TypeScript print what it says', () => {
    const head = `import { createKoyalite } from './generated/koyalite'\nconst koya = createKoyalite({ url: '${server.url}' })\n`
    project.write('samples.ts', head + code('ts').join('\n'))
    expect(run([process.execPath, 'samples.ts'])).toBe(output('ts').join(''))
  })

  test.skipIf(Bun.which('go') === null)('its samples in Go print what it says, and are formatted', () => {
    const body = code('go').join('\n')
    const imports = ['context', 'errors', 'example.com/seats/generated/go/koyalite', 'fmt', 'time']
    const program = `package main

import (
${imports.map((name) => `\t"${name}"\n`).join('')})

func main() {
	koya, err := koyalite.New("${server.url}")
	if err != nil {
		panic(err)
	}
	if err := sample(context.Background(), koya); err != nil {
		panic(err)
	}
}

func sample(ctx context.Context, koya *koyalite.Client) error {
${body.replace(/^(?=.)/gm, '\t')}	return nil
}
`
    project.write('samples/main.go', program)
    expect(run(['go', 'run', './samples'], { GOWORK: 'off' })).toBe(output('go').join(''))
    expect(run(['gofmt', '-d', 'samples'])).toBe('')
  })

  test.skipIf(!hasPython)('its samples in Python print what it says, and are formatted', () => {
    const head = `from koyalite import Koyalite\n\nkoya = Koyalite("${server.url}")\n`
    project.write('samples.py', head + code('python').join('\n'))
    const tools = pythonTools()
    const env = { PYTHONPATH: project.path('generated/python') }
    expect(run([join(tools, 'python'), 'samples.py'], env)).toBe(output('python').join(''))
    for (const sample of code('python')) {
      const ruff = [join(tools, 'ruff'), 'format', '--isolated', '--line-length', '100', '-']
      expect(Bun.spawnSync(ruff, { stdin: Buffer.from(sample) }).stdout.toString()).toBe(sample)
    }
  })
})
