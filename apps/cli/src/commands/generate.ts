import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { IMPORT_EXTENSIONS, type ImportExtension } from '@koyalite/codegen'
import { type Command, Option } from 'commander'
import { CommandError } from '../command-error'
import { differences, type Generated, generate, type Target } from '../generate/client-files'
import { projectTarget } from '../generate/project-target'
import { servedProject } from '../generate/served-project'
import { projectFolder } from '../project'
import { projectCommand } from '../project-command'
import { note, paint, print, printJson } from '../terminal'

const EXAMPLES = `koyalite generate
koyalite generate --output ../web/src/generated
koyalite generate --check
koyalite generate --url https://api.example.com --token kl_…`

interface Options {
  readonly dir?: string
  readonly lang?: string
  readonly output?: string
  readonly extension?: ImportExtension
  readonly check?: true
  readonly url?: string
  readonly token?: string
  readonly json?: true
}

export function generateCommand(): Command {
  return projectCommand('generate', 'write typed clients of the schema', EXAMPLES)
    .option('--lang <languages>', 'languages, with commas: typescript, go, python (default: generate.languages)')
    .option('--output <folder>', 'folder to write to (default: generate.output)')
    .addOption(
      new Option(
        '--extension <extension>',
        'how imports between TypeScript files end (default: generate.typescript.extension)',
      ).choices(IMPORT_EXTENSIONS),
    )
    .option('--check', 'write nothing; fail if what is there is not what would be written')
    .option('--url <url>', 'take the schema from a server instead of schema.yaml')
    .option('--token <token>', 'with --url: a service key or token that may read the schema')
    .option('--json', 'print {"written":[…],"removed":[…],"unchanged"}; with --check {"up_to_date","differences":[…]}')
    .action(async (options: Options) => {
      if (options.token !== undefined && options.url === undefined)
        throw new CommandError('--token is for --url', { exitCode: 2 })
      const target = options.url === undefined ? await ofProject(options) : await serverTarget(options, options.url)
      if (options.check === true) check(target, options)
      else show(target, generate(target), options)
    })
}

function ofProject(options: Options): Promise<Target> {
  return projectTarget(projectFolder(options.dir), (target) => targetOf(options, target))
}

/** Where there is no project: a front end in a repository of its own. */
async function serverTarget(options: Options, url: string): Promise<Target> {
  const { schema, functions } = await servedProject(url, options.token)
  return targetOf(options, {
    schema,
    languages: ['typescript'],
    options: {},
    folder: resolve(options.dir ?? '.', 'generated'),
    functions,
  })
}

function targetOf({ lang, output, extension }: Options, defaults: Target): Target {
  return {
    ...defaults,
    ...(extension !== undefined && { options: { ...defaults.options, typescript: { extension } } }),
    ...(lang !== undefined && { languages: lang.split(',').map((language) => language.trim()) }),
    ...(output !== undefined && { folder: resolve(output) }),
  }
}

function check(target: Target, { json }: Options): void {
  const found = differences(target)
  if (json === true) printJson({ up_to_date: found.length === 0, differences: found })
  else if (found.length === 0) print(`The clients in ${target.folder} are up to date.`)
  if (found.length === 0) return
  if (json !== true) for (const line of found) print(line)
  throw new CommandError(`the clients in ${target.folder} are not what the schema gives`, {
    advice: 'Run koyalite generate, and commit what it writes.',
  })
}

function show({ folder, languages }: Target, { written, removed, unchanged }: Generated, { json }: Options): void {
  if (json === true) {
    printJson({ written, removed, unchanged })
    return
  }
  for (const path of written) print(`${paint('green', 'written')}  ${path}`)
  for (const path of removed) print(`${paint('yellow', 'removed')}  ${path}`)
  note(`${folder}: ${written.length} written, ${removed.length} removed, ${unchanged} unchanged`)
  if (written.length > 0 && languages.includes('typescript') && !isClientInstalled(folder))
    note('The TypeScript files import @koyalite/client, which is not installed there: see docs/clients.md of KoyaLite.')
}

/** Where programs beside generated files would find it. */
function isClientInstalled(folder: string): boolean {
  if (existsSync(join(folder, 'node_modules/@koyalite/client'))) return true
  const parent = dirname(folder)
  return parent !== folder && isClientInstalled(parent)
}
