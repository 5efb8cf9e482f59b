import { existsSync } from 'node:fs'

/** What some tests need besides this repository, and what proves that it is there. Each of those tests is left out where it is not. */
const PACKAGES: readonly { readonly name: string; readonly isThere: () => boolean }[] = [
  { name: 'chromium', isThere: () => ['chromium', 'chromium-browser', 'google-chrome'].some(hasCommand) },
  { name: 'sqlite3', isThere: () => hasCommand('sqlite3') },
  { name: 'python3-venv', isThere: () => hasCommand('python3') && runs('python3', '-c', 'import ensurepip') },
  { name: 'fossil', isThere: () => hasCommand('fossil') },
  { name: 'nginx-light', isThere: () => hasCommand('nginx') },
  { name: 'caddy', isThere: () => hasCommand('caddy') },
  { name: 'proj-data', isThere: () => existsSync('/usr/share/proj/proj.db') },
]

/**
 * Installs the system packages that tests need: on machines that test and nothing else (CI=true), as root, where there is apt. Elsewhere it says what is
 * missing, and changes nothing.
 */
export async function installSystemPackages(): Promise<void> {
  const missing = PACKAGES.filter(({ isThere }) => !isThere()).map(({ name }) => name)
  if (missing.length === 0) return
  if (process.env.CI === 'true' && process.getuid?.() === 0 && hasCommand('apt-get')) {
    console.log(`Installing ${missing.join(', ')} for the tests`)
    await apt('update')
    await apt('install', '-y', '--no-install-recommends', ...missing)
  }
  const absent = PACKAGES.filter(({ isThere }) => !isThere()).map(({ name }) => name)
  if (absent.length > 0) console.log(`Not here, so their tests are left out: ${absent.join(', ')}`)
}

function apt(...args: readonly string[]): Promise<number> {
  return Bun.spawn(['apt-get', '-qq', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdout: 'ignore',
    stderr: 'ignore',
  }).exited
}

function hasCommand(name: string): boolean {
  return Bun.which(name) !== null
}

function runs(...command: readonly string[]): boolean {
  return Bun.spawnSync([...command], { stdout: 'ignore', stderr: 'ignore' }).success
}
