import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { CommandError } from '../command-error'
import { writeEditorConfig } from '../generate/editor-config'
import { projectFolder } from '../project'
import { projectCommand } from '../project-command'
import { note, print, printJson } from '../terminal'
import { NEW_RUNTIMES, type NewRuntime, rawSource, SOURCE_ENDS, typedSource } from './function-sources'

const EXAMPLES = `koyalite functions new hello
koyalite functions new acceptInvite --access "auth.id != null" --test
koyalite functions new digest --runtime python
koyalite functions new stripe --raw`

interface NewOptions {
  readonly dir?: string
  readonly access?: string
  readonly raw?: boolean
  readonly runtime: NewRuntime
  readonly test?: true
  readonly json?: true
}

/** Whoever is signed in; a webhook has no user, so that its code says whom it believes. */
const SIGNED_IN = 'auth.id != null'
const ANYBODY = 'true'

export function functionsNewCommand(): Command {
  return projectCommand('new', 'write a function to functions/, with who may call it', EXAMPLES)
    .argument('<name>', 'its name: POST /api/functions/<name>')
    .option('--access <expression>', 'who may call it over HTTP (default: signed-in users; with --raw anybody)')
    .addOption(new Option('--runtime <name>', 'what it is written for').choices(NEW_RUNTIMES).default('bun'))
    .option('--raw', 'one that answers requests itself: for webhooks and files')
    .option('--test', 'with a test beside it, for koyalite functions test')
    .option('--json', 'print {"files":[…]}')
    .action(
      async (
        name: string,
        { dir, runtime, raw = false, access = raw ? ANYBODY : SIGNED_IN, test, json }: NewOptions,
      ) => {
        const { functionNameProblem } = await import('@koyalite/server')
        const problem = functionNameProblem(name)
        if (problem !== undefined) throw new CommandError(problem, { exitCode: 2 })
        const folder = join(projectFolder(dir), 'functions')
        const ends = ['.ts', '.js', '.mjs', '.py', '.go', '', ...(test === true ? ['.test.ts'] : [])]
        const taken = ends.find((end) => existsSync(join(folder, name + end)))
        if (taken !== undefined) throw new CommandError(`functions/${name}${taken} is there already`)
        mkdirSync(folder, { recursive: true })
        const texts = {
          [name + SOURCE_ENDS[runtime]]: (raw ? rawSource : typedSource)({ runtime, access }),
          ...(test === true && { [`${name}.test.ts`]: raw ? rawTest(name, access) : typedTest(name, access) }),
        }
        for (const [file, text] of Object.entries(texts)) writeFileSync(join(folder, file), text)
        const written = Object.keys(texts).map((file) => `functions/${file}`)
        const isScript = SOURCE_ENDS[runtime] === '.ts' || test === true
        const files = [...written, ...(isScript ? await typesForEditors(projectFolder(dir)) : [])]
        if (json === true) return printJson({ files })
        for (const file of files) print(`${file} is written.`)
        note(`Under koyalite dev it is served at once. Call it: koyalite functions invoke ${name}`)
        if (test === true) note(`Test it: koyalite functions test ${name}`)
      },
    )
}

/** One that cannot be loaded stops nobody from writing another: then they come with `generate`. */
async function typesForEditors(dir: string): Promise<readonly string[]> {
  try {
    return await writeEditorConfig(dir)
  } catch (error) {
    note(`Types for editors are not written: ${(error as Error).message}\nFix that, then: koyalite generate`)
    return []
  }
}

const TEST_IMPORTS = `import { expect, test } from 'bun:test'
import { useProject } from '@koyalite/functions/testing'

const project = useProject()
`

function typedTest(name: string, access: string): string {
  const [before, caller] = access === SIGNED_IN ? ['  const ann = await project.signIn()\n', 'ann'] : ['', "'service'"]
  return `${TEST_IMPORTS}
test('greets by name', async () => {
${before}  expect(await project.call('${name}', { name: 'Ann' }, { as: ${caller} })).toEqual({ message: 'Hello Ann' })
})

test('has to be told a name', async () => {
${before}  const call = project.call('${name}', { name: '' }, { as: ${caller} })
  await expect(call).rejects.toMatchObject({ code: 'NAME_MISSING', status: 400 })
})
`
}

function rawTest(name: string, access: string): string {
  const expected =
    access === ANYBODY ? 'expect(await response.json()).toEqual({ received: 9 })' : 'expect(response.ok).toBe(false)'
  return `${TEST_IMPORTS}
test('${access === ANYBODY ? 'says how much it has received' : 'is not for everybody'}', async () => {
  const response = await project.fetch('/api/functions/${name}', { method: 'POST', body: 'any bytes' })
  ${expected}
})
`
}
