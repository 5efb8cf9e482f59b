import { expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createProject, runKoyalite } from '@koyalite/testkit'

setDefaultTimeout(60_000)

const SCHEMA = `version: 1
collections:
  notes:
    fields: { id: { type: int, primary: true, default: auto }, text: { type: string } }
`
const MISTAKEN = `import { defineFunction } from '@koyalite/functions'

export default defineFunction({
  async handler(_, ctx) {
    const { text } = await ctx.db.notes.create({ text: 'a' })
    const wrong: number = text
    await ctx.functions.call('helo')
    return wrong
  },
})
`

test('an editor understands functions and their tests where nothing is installed', async () => {
  const project = createProject({ schema: SCHEMA })
  const run = (...args: readonly string[]) => runKoyalite([...args, '--dir', project.dir])
  /** What editors say of the folder. */
  const checked = () => {
    const tsc = join(import.meta.dir, '../../../../node_modules/.bin/tsc')
    return Bun.spawnSync([tsc, '-p', project.path('functions')], { cwd: project.dir }).stdout.toString()
  }
  try {
    const { stdout } = await run('functions', 'new', 'hello', '--test', '--json')
    expect(JSON.parse(stdout).files).toEqual([
      'functions/hello.ts',
      'functions/hello.test.ts',
      'functions/tsconfig.json',
    ])
    expect((await run('functions', 'new', 'hook', '--raw', '--test')).code).toBe(0)
    expect(checked()).toBe('')
    project.write('functions/mistaken.ts', MISTAKEN)
    const said = checked()
    expect(said).toContain("mistaken.ts(6,11): error TS2322: Type 'string' is not assignable to type 'number'")
    expect(said).toContain('mistaken.ts(7,30): error TS2345: Argument of type \'"helo"\'')
    expect(said.trim().split('\n')).toHaveLength(2)
    // They are for editors: what runs is what the server carries.
    expect((await run('functions', 'invoke', 'hello')).stdout).toBe('{"message":"Hello world"}\n')
    expect((await run('generate', '--check')).code).toBe(1)
    expect((await run('generate')).code).toBe(0)
    expect((await run('generate', '--check')).code).toBe(0)
    expect(existsSync(project.path('generated/types/functions/index.d.ts'))).toBe(true)
  } finally {
    project.remove()
  }
})
