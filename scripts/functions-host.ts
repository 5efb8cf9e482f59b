// Packs the programs that run functions, if their sources have changed, into one file that the server reads and executables carry.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { sharedFiles } from '@koyalite/emails/shared-modules'
import { functionTypes } from './function-types/function-types'

const ROOT = resolve(import.meta.dir, '..')
const PACKAGE = join(ROOT, 'packages/functions')
/** What renders templates of emails. */
const EMAILS_PACKAGE = join(ROOT, 'packages/emails')
/** What functions in Go import: it is built with each of them. */
const GO_PACKAGE = join(ROOT, 'packages/functions-go')
const PYTHON_PACKAGE = join(ROOT, 'packages/functions-python')
const PYTHON_SOURCES = ['koyalite_functions', 'start.py', 'compile.py', 'packages.py'].map((name) =>
  join(PYTHON_PACKAGE, name),
)
const PACK = join(PACKAGE, 'dist', 'functions.pack')
/** What editors read where no package is installed. */
const TYPES_PACK = join(PACKAGE, 'dist', 'types.pack')
/** Whatever they are made of. */
const SOURCES = [
  ...['functions', 'hooks', 'client', 'contracts', 'emails'].map((name) => join(ROOT, 'packages', name, 'src')),
  GO_PACKAGE,
  ...PYTHON_SOURCES,
  join(ROOT, 'bun.lock'),
]

interface Program {
  readonly name: string
  /** From the folder of its package: by default that of functions. */
  readonly package?: string
  readonly entry: string
  readonly target: 'bun' | 'node'
}

const PROGRAMS: readonly Program[] = [
  { name: 'host.js', entry: 'src/host/engines/bun-main.ts', target: 'bun' },
  { name: 'node.mjs', entry: 'src/host/engines/node-main.ts', target: 'node' },
  { name: 'deno.mjs', entry: 'src/host/engines/deno-main.ts', target: 'node' },
  { name: 'egress.js', entry: 'src/egress/main.ts', target: 'bun' },
  { name: 'sdk.js', entry: 'src/index.ts', target: 'bun' },
  { name: 'hooks.js', entry: '../hooks/src/index.ts', target: 'bun' },
  { name: 'testing.js', entry: 'src/project-tests/index.ts', target: 'bun' },
  { name: 'emails/program.js', package: EMAILS_PACKAGE, entry: 'src/program/main.ts', target: 'bun' },
]

if (process.argv.includes('--force') || isOutOfDate()) await pack()

function isOutOfDate(): boolean {
  const packed = statSync(PACK, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return SOURCES.flatMap(filesIn).some((path) => statSync(path).mtimeMs > packed)
}

function filesIn(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => filesIn(join(path, entry.name)))
}

async function pack(): Promise<void> {
  const files = await Promise.all(PROGRAMS.map(async (program) => [program.name, await bundled(program)]))
  mkdirSync(join(PACKAGE, 'dist'), { recursive: true })
  writeFileSync(PACK, JSON.stringify({ ...Object.fromEntries(files), ...goFiles(), ...pythonFiles(), ...emailFiles() }))
  await packTypes()
}

/** Sources that somebody is changing may not compile: functions run without types. */
async function packTypes(): Promise<void> {
  try {
    writeFileSync(TYPES_PACK, JSON.stringify(await functionTypes()))
  } catch (error) {
    console.error(`The types of functions for editors could not be packed: ${(error as Error).message}`)
  }
}

function goFiles(): Readonly<Record<string, string>> {
  const names = readdirSync(GO_PACKAGE).filter((name) => /^go\.mod$|\.(go|s)$/.test(name) && !name.endsWith('_test.go'))
  return Object.fromEntries(names.map((name) => [`go/${name}`, readFileSync(join(GO_PACKAGE, name), 'utf8')]))
}

/** The modules of Python as they are. */
function pythonFiles(): Readonly<Record<string, string>> {
  const paths = PYTHON_SOURCES.flatMap(filesIn).filter((path) => path.endsWith('.py'))
  return Object.fromEntries(
    paths.map((path) => [`python/${relative(PYTHON_PACKAGE, path).replaceAll('\\', '/')}`, readFileSync(path, 'utf8')]),
  )
}

/** What stands for the packages that templates share with their program, and which file for which import. */
function emailFiles(): Readonly<Record<string, string>> {
  const { files, imports } = sharedFiles()
  const all = { ...files, 'imports.json': JSON.stringify(imports) }
  return Object.fromEntries(Object.entries(all).map(([name, text]) => [`emails/${name}`, text]))
}

async function bundled({ package: folder = PACKAGE, entry, target }: Program): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [join(folder, entry)],
    target,
    define: folder === EMAILS_PACKAGE ? { 'process.env.NODE_ENV': '"production"' } : {},
    minify: { syntax: true, whitespace: true },
  })
  const [output] = outputs
  if (output === undefined) throw new Error(`${entry} could not be bundled`)
  return output.text()
}
