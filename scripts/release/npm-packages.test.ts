import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { packageName, platformManifest, writeLauncherPackage, writePlatformPackage } from './npm-packages'
import { TARGETS, type Target, targetFor, thisMachine } from './targets'

setDefaultTimeout(30_000)

const ROOT = resolve(import.meta.dir, '../..')
const folder = mkdtempSync(join(tmpdir(), 'koyalite launcher '))
afterAll(() => rmSync(folder, { recursive: true }))

const modules = join(folder, 'node_modules')
const launcher = join(modules, 'koyalite', 'koyalite.cjs')
const here = targetFor(thisMachine()) as Target
const release = { version: '1.2.3', repository: 'example/koyalite' }
writeLauncherPackage(ROOT, join(modules, 'koyalite'), release)

/** Runs the launcher with Node, on a machine that claims to be of this platform. */
async function launch(args: readonly string[], platform: string = process.platform) {
  const claim = join(folder, `${platform}.cjs`)
  writeFileSync(claim, `Object.defineProperty(process, 'platform', { value: '${platform}' })`)
  const child = Bun.spawn(['node', '--require', claim, launcher, ...args], { stdout: 'pipe', stderr: 'pipe' })
  const [code, stdout, stderr] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()])
  return { code, stdout, stderr }
}

test('npm takes the packages only where they run', () => {
  const musl = TARGETS.find(({ name }) => name === 'linux-x64-musl') as Target
  expect(platformManifest(musl, release)).toMatchObject({
    name: '@koyalite/linux-x64-musl',
    os: ['linux'],
    cpu: ['x64'],
    libc: ['musl'],
    repository: { url: 'git+https://github.com/example/koyalite.git' },
  })
})

test('without the executable the launcher says which package is missing', async () => {
  const { code, stderr } = await launch(['--version'])
  expect(code).toBe(1)
  expect(stderr).toContain(`npm install ${packageName(here)}@1.2.3`)
})

test('on a platform that has none it says which have', async () => {
  const { code, stderr } = await launch(['--version'], 'aix')
  expect(code).toBe(1)
  expect(stderr).toContain(`no executable for aix on ${process.arch}`)
  expect(stderr).toContain('linux-x64')
})

// The script stands for the executable, which is tried by the release itself.
test.skipIf(process.platform === 'win32')('arguments, output and exit code are those of the executable', async () => {
  const script = join(folder, 'script')
  writeFileSync(script, '#!/bin/sh\necho "ran with $*"\nexit 7\n')
  writePlatformPackage(join(modules, packageName(here)), { target: here, release, executable: script })
  expect(await launch(['dev', '--port', '0'])).toMatchObject({ code: 7, stdout: 'ran with dev --port 0\n' })
})
