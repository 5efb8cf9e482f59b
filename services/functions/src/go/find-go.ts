import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { compareVersions } from './go-version'

/** The installation of Go on this machine. */
export interface GoInstallation {
  /** The program `go`. */
  readonly command: string
  /** Where its library and its tools are. */
  readonly root: string
  /** `1.24.1` */
  readonly version: string
}

/** What functions need: the package that they import says so in its go.mod. */
export const LEAST_VERSION = '1.24'

/** Where it is installed by its own installer, and by package managers. */
const PLACES = [
  '/usr/local/go/bin/go',
  '/usr/lib/go/bin/go',
  '/usr/bin/go',
  '/opt/homebrew/bin/go',
  '/opt/homebrew/opt/go/bin/go',
  '/snap/bin/go',
]

/** The program `go`, in the search path or where it usually is; null: it is not there. Nothing is run. */
export function findGo(): string | null {
  return Bun.which('go') ?? [...PLACES, join(homedir(), 'sdk/go/bin/go')].find((path) => existsSync(path)) ?? null
}

/** Asks an installation what it is. Returns why it cannot be used, where it cannot. */
export async function askGo(command: string): Promise<GoInstallation | string> {
  const child = Bun.spawn([command, 'env', 'GOROOT', 'GOVERSION'], {
    // Neither another version, nor flags that somebody has set.
    env: { PATH: '/usr/bin:/bin', HOME: '/', GOTOOLCHAIN: 'local', GOENV: 'off', GOFLAGS: '', GOWORK: 'off' },
    cwd: '/',
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: 10_000,
  })
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()])
  const [root = '', version = ''] = output.trim().split('\n')
  if ((await child.exited) !== 0 || !version.startsWith('go')) {
    return `${command} does not work: ${errors.trim().slice(0, 300) || 'it does not say which version it is'}`
  }
  const installation = { command, root, version: version.slice('go'.length) }
  if (compareVersions(installation.version, LEAST_VERSION) >= 0) return installation
  return `functions in Go need Go ${LEAST_VERSION} or newer, and ${command} is ${installation.version}: install it from https://go.dev/dl`
}
