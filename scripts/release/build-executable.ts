import { mkdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { WORKER_FILES } from '@koyalite/server'
import type { Target } from './targets'

const ROOT = resolve(import.meta.dir, '../..')
/** Files that are carried along. */
const PACKS = [
  join('apps', 'studio', 'dist', 'studio.pack'),
  ...['functions.pack', 'types.pack'].map((name) => join('packages', 'functions', 'dist', name)),
]

export interface ExecutableBuild {
  readonly target: Target
  /** Absolute. */
  readonly outfile: string
  /** Bun's executable for the target; by default the one that runs, which must be for the target then. */
  readonly runtime?: string
}

/** The command line as one executable with Bun, the native SQLite driver, the studio and the templates inside. */
export async function buildExecutable({ target, outfile, runtime }: ExecutableBuild): Promise<void> {
  mkdirSync(dirname(outfile), { recursive: true })
  rmSync(outfile, { force: true })
  const options = [
    '--compile',
    // Named even for this machine: without it Bun would ask the network for a runtime of another platform.
    `--target=${target.bunTarget}`,
    `--compile-executable-path=${runtime ?? process.execPath}`,
    '--minify',
    '--bytecode',
    '--format=esm',
    // What is imported when it is needed stays a piece of its own: 5 MB of memory less.
    '--splitting',
    `--define=KOYALITE_MUSL=${target.libc === 'musl'}`,
    // A project's .env is read by its settings; Bun reading it first, or its bunfig.toml, would change what they mean.
    '--no-compile-autoload-dotenv',
    '--no-compile-autoload-bunfig',
    '--no-compile-autoload-tsconfig',
    '--no-compile-autoload-package-json',
    // The workers are found by their path from here.
    '--root=.',
    `--outfile=${outfile}`,
  ]
  const child = Bun.spawn(
    [process.execPath, 'build', ...options, join('apps', 'cli', 'src', 'main.ts'), ...WORKER_FILES, ...PACKS],
    { cwd: ROOT, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' },
  )
  const [code, output] = await Promise.all([child.exited, child.stderr.text(), child.stdout.text()])
  if (code !== 0) throw new Error(`the executable for ${target.name} could not be built:\n${output}`)
}
