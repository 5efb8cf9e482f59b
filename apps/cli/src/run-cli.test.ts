import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProject, runInTerminal, runKoyalite } from '@koyalite/testkit'

setDefaultTimeout(60_000)

describe('a usage error exits with 2 and prints the usage', () => {
  test.each([
    ['dve', "unknown command 'dve'\n(Did you mean dev?)", 'koyalite --help'],
    ['serve --port 80', "unknown command 'serve'\n(Did you mean dev, or start in production?)", 'koyalite --help'],
    ['run', '(Did you mean dev, or start in production?)', 'koyalite --help'],
    ['new blog', '(Did you mean init?)', 'koyalite --help'],
    ['backup', '(Did you mean db backup?)', 'koyalite --help'],
    ['constructor', "unknown command 'constructor'", 'koyalite --help'],
    ['Serve', '(Did you mean dev, or start in production?)', 'koyalite --help'],
    ['migrate up', '(Did you mean apply?)', 'koyalite migrate --help'],
    ['migrate down', '(Did you mean rollback?)', 'koyalite migrate --help'],
    ['migrate generate x', '(Did you mean create?)', 'koyalite migrate --help'],
    ['db sed', "unknown command 'sed'\n(Did you mean seed?)", 'koyalite db --help'],
    ['dev --prot 1', "unknown option '--prot'\n(Did you mean --port?)", 'koyalite dev --help'],
    ['db import', 'missing required argument', 'koyalite db import --help'],
    ['init x --template blgo', 'Allowed choices are basic, blog, saas.', 'koyalite init --help'],
    ['rules explain posts foo', "unknown operation 'foo'.", 'koyalite rules explain --help'],
  ])('%s', async (call, says, help) => {
    const { code, stdout, stderr } = await runKoyalite(call.split(' '))
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toStartWith('error: ')
    expect(stderr).toContain(says)
    expect(stderr).toEndWith(`Usage: ${help}\n`)
  })
})

test('the next steps that init names can be typed as they stand', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'koyalite-init-'))
  try {
    const { stdout } = await runKoyalite(['init', '--dir', join(dir, 'app')])
    const [command = ''] = stdout.trim().split('\n').at(-1)?.trim().split(' ') ?? []
    expect(Bun.which(command)).not.toBeNull()
    expect(stdout.trim()).toEndWith(`${command} dev`)
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test.each([40, 60, 80])('help is in lines that fit a terminal of %d columns', async (columns) => {
  for (const command of ['', 'db import', 'db restore', 'rules explain', 'dev']) {
    const args = [...command.split(' '), '--help'].filter((word) => word !== '')
    const { code, shown } = await runInTerminal(args, { cwd: tmpdir(), columns })
    expect(code).toBe(0)
    // What can be typed stays on one line, so that it can be copied; a long word cannot be broken.
    const lines = shown.split(/\r?\n/).filter((line) => !/^(Usage:| {2}[$] )/.test(line))
    expect(lines.filter((line) => line.length > columns && line.trim().includes(' '))).toEqual([])
  }
})

test('what comes from files of others cannot give the terminal orders', async () => {
  const trap = '\u001b[31m\u001b[2J\u001b]0;mine\u0007\u009b31m\u202e'
  const project = createProject({
    schema: `version: 1\ncollections:\n  posts:\n    fields:\n      id: { type: ${JSON.stringify(trap)}, primary: true }\n`,
    settings: `name: ${JSON.stringify(trap)}\nserver: { port: ${JSON.stringify(trap)} }\n`,
    files: { 'seeds/posts.json': JSON.stringify([{ [trap]: trap }]) },
  })
  const outputs = await Promise.all(
    [
      ['dev'],
      ['db', 'seed'],
      ['migrate', 'status'],
      ['doctor'],
      ['db', 'import', trap, 'seeds/posts.json'],
      [trap],
    ].map((args) => runKoyalite([...args, '--dir', project.dir], { cwd: project.dir })),
  )
  for (const { stdout, stderr } of outputs) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
    expect(`${stdout}${stderr}`).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/)
  }
  expect(outputs.map(({ stderr, stdout }) => stderr + stdout).join('')).toContain('\\u001b[2J')
  project.remove()
})
