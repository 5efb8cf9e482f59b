// Finds Bun in the version of .bun-version, or fetches it from the npm registry. Plain Node without dependencies: this runs first.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** @returns {string} the absolute path of the Bun executable, after installing it where it is missing. */
export function bunBinary(root) {
  const version = readFileSync(join(root, '.bun-version'), 'utf8').trim()
  const folder = join(root, '.cache', `bun-${version}`)
  const name = bunPackage(process)
  const own = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'bun.exe' : 'bun')
  if (existsSync(own)) return own
  const onPath = bunOnPath(version, root)
  if (onPath !== null) return onPath
  install(folder, `${name}@${version}`)
  if (!existsSync(own)) throw new Error(`${name}@${version} was installed, but ${own} is missing`)
  return own
}

/**
 * The package with Bun's executable for this machine. It is asked for directly, because the `bun` package moves it into place with an
 * install script, and npm may be set (and newer npm is, by default) not to run those.
 */
function bunPackage({ platform, arch, report }) {
  const os = { linux: 'linux', darwin: 'darwin', win32: 'windows', freebsd: 'freebsd' }[platform]
  const cpu = { x64: 'x64', arm64: 'aarch64' }[arch]
  if (os === undefined || cpu === undefined) throw new Error(`Bun is not published for ${platform} on ${arch}`)
  const musl = platform === 'linux' && report.getReport().header.glibcVersionRuntime === undefined
  return `@oven/bun-${os}-${cpu}${musl ? '-musl' : ''}`
}

/** In our own folder: Bun runs what a bunfig.toml of the current one names. */
function bunOnPath(version, root) {
  const probe = spawnSync('bun', ['--no-env-file', '-p', '`${Bun.version}\\n${process.execPath}`'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (probe.status !== 0) return null
  const [found, path] = probe.stdout.trim().split('\n')
  return found === version && path !== undefined ? path : null
}

function install(folder, spec) {
  console.error(`Installing ${spec} (once)`)
  mkdirSync(folder, { recursive: true })
  // A package.json of its own keeps npm from walking up to the workspace's.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const args = [
    'install',
    spec,
    '--no-save',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-update-notifier',
    '--loglevel=error',
  ]
  // Run by npm, its own file is known, and Node can start it on every platform; started by hand, `npm` is on the path.
  const npm = process.env.npm_execpath
  const run = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...args], { cwd: folder, stdio: ['ignore', 2, 2] })
    : spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  if (run.status !== 0) throw new Error(`npm could not install ${spec}; is the registry reachable?`)
}
