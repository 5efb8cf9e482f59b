// `npm run build`: dist/koyalite, the command line as one executable with Bun, the native SQLite driver and the templates inside.
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { WORKER_FILES } from '@koyalite/sqlite'
import { bunPackage } from './bun-binary.mjs'

const root = resolve(import.meta.dir, '..')
const { values } = parseArgs({ options: { outfile: { type: 'string' } } })
const outfile = resolve(
  values.outfile ?? join(root, 'dist', process.platform === 'win32' ? 'koyalite.exe' : 'koyalite'),
)

mkdirSync(dirname(outfile), { recursive: true })
rmSync(outfile, { force: true })
const musl = bunPackage(process).endsWith('-musl')
const child = Bun.spawn(
  [
    process.execPath,
    'build',
    '--compile',
    '--minify',
    '--bytecode',
    '--format=esm',
    `--define=KOYALITE_MUSL=${musl}`,
    // A project's .env is read by its settings; Bun reading it first, or its bunfig.toml, would change what they mean.
    '--no-compile-autoload-dotenv',
    '--no-compile-autoload-bunfig',
    // The workers are found by their path from here.
    '--root=.',
    `--outfile=${outfile}`,
    'apps/cli/src/main.ts',
    ...WORKER_FILES,
  ],
  { cwd: root, stdin: 'ignore', stdout: 'inherit', stderr: 'inherit' },
)
const code = await child.exited
if (code !== 0) process.exit(code)
console.log(`${relative('.', outfile)}  ${(statSync(outfile).size / 1_000_000).toFixed(0)} MB`)
