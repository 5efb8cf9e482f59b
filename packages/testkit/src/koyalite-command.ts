import { join } from 'node:path'

const SOURCE = join(import.meta.dir, '../../../apps/cli/src/main.ts')
const CONFIG = join(import.meta.dir, '../../../apps/server/src/bunfig.toml')

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  /** Added to the environment of the test process; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly stdin?: string
}

/**
 * The words that start the product: the executable in KOYALITE_BIN, or the command from source, as bin/koyalite starts it. With a module to load
 * before it always from source.
 */
export function koyaliteCommand(preload?: string): readonly string[] {
  const executable = process.env.KOYALITE_BIN
  if (executable && preload === undefined) return [executable]
  const flags = ['--no-env-file', `--config=${CONFIG}`, ...(preload === undefined ? [] : ['--preload', preload])]
  return [process.execPath, ...flags, SOURCE]
}

/**
 * The environment of a started product: the test's own, without settings of KoyaLite that it may carry. The general limit of requests is lifted, since a test
 * file sends more from one address than a client would; a test of that limit sets it back.
 */
export function koyaliteEnvironment(env: CommandOptions['env'] = {}): Record<string, string | undefined> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('KOYALITE_') && name !== 'NODE_ENV')
  return { ...Object.fromEntries(inherited), NO_COLOR: '1', KOYALITE_AUTH_RATE_LIMIT_API: '1000000/second', ...env }
}

/** Runs a command of the CLI to its end. One that does not end within a minute is killed: its code is then 137. */
export async function runKoyalite(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const child = Bun.spawn([...koyaliteCommand(), ...args], {
    env: koyaliteEnvironment(options.env),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdin: options.stdin === undefined ? 'ignore' : new Blob([options.stdin]),
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { code, stdout, stderr }
}
