import { existsSync } from 'node:fs'
import { findBrowser } from '@koyalite/testkit'

interface SystemPackage {
  readonly name: string
  /** What proves that it is there. */
  readonly isThere: () => boolean
  /** Tests run without it, only slower. */
  readonly isOptional?: true
}

/** What some tests need besides this repository. Each of those tests is left out where it is not. */
const PACKAGES: readonly SystemPackage[] = [
  // Debian has it; elsewhere any browser of the system does.
  { name: 'chromium-headless-shell', isThere: () => hasCommand('chromium-headless-shell'), isOptional: true },
  { name: 'chromium', isThere: () => findBrowser() !== null },
  { name: 'sqlite3', isThere: () => hasCommand('sqlite3') },
  { name: 'python3-venv', isThere: () => hasCommand('python3') && runs('python3', '-c', 'import ensurepip') },
  { name: 'fossil', isThere: () => hasCommand('fossil') },
  { name: 'bubblewrap', isThere: () => hasCommand('bwrap') },
  // Before podman, which brings crun else: that refuses machines with both versions of control groups.
  { name: 'runc', isThere: () => hasCommand('runc') },
  { name: 'podman', isThere: () => hasCommand('podman') },
  { name: 'nginx-light', isThere: () => hasCommand('nginx') },
  { name: 'caddy', isThere: () => hasCommand('caddy') },
  { name: 'proj-data', isThere: () => existsSync('/usr/share/proj/proj.db') },
]

/**
 * Installs the system packages that tests need: on machines that test and nothing else (CI=true), as root, where there is apt. Elsewhere it says what is
 * missing, and changes nothing.
 */
export async function installSystemPackages(): Promise<void> {
  if (process.env.CI === 'true' && process.getuid?.() === 0 && hasCommand('apt-get')) await installMissing()
  const absent = PACKAGES.filter(({ isThere, isOptional }) => !isOptional && !isThere()).map(({ name }) => name)
  if (absent.length > 0) console.log(`Not here, so their tests are left out: ${absent.join(', ')}`)
}

/** One by one: a system that does not have one of them still gets the others. */
async function installMissing(): Promise<void> {
  if (PACKAGES.every(({ isThere }) => isThere())) return
  await apt('update')
  for (const { name, isThere } of PACKAGES) {
    if (isThere()) continue
    console.log(`Installing ${name} for the tests`)
    await apt('install', '-y', '--no-install-recommends', name)
  }
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
