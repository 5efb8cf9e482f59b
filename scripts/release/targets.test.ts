import { expect, test } from 'bun:test'
import { dirname, join } from 'node:path'
import { TARGETS, targetFor, thisMachine } from './targets'

test('every target has a library of the driver, and every library is in a target', async () => {
  const sqlite = join(import.meta.dir, '../../packages/sqlite')
  const folder = join(dirname(Bun.resolveSync('better-sqlite3-multiple-ciphers/package.json', sqlite)), 'prebuilds')
  const libraries = [...new Bun.Glob('*.node').scanSync(folder)].map((name) => name.replace('.node', ''))
  expect(TARGETS.map(({ driver }) => driver).sort()).toEqual(libraries.sort())
})

test('names follow npm, Bun and the driver, each in its own way', () => {
  expect(TARGETS.find(({ name }) => name === 'linux-arm64-musl')).toEqual({
    name: 'linux-arm64-musl',
    os: 'linux',
    cpu: 'arm64',
    libc: 'musl',
    runtime: '@oven/bun-linux-aarch64-musl',
    bunTarget: 'bun-linux-arm64-musl',
    driver: 'linuxmusl-arm64',
  })
})

test.each([
  [{ platform: 'linux', arch: 'x64', glibc: '2.36' }, 'linux-x64'],
  [{ platform: 'linux', arch: 'arm64', glibc: undefined }, 'linux-arm64-musl'],
  [{ platform: 'darwin', arch: 'arm64', glibc: undefined }, 'darwin-arm64'],
  [{ platform: 'win32', arch: 'x64', glibc: undefined }, 'win32-x64'],
  [{ platform: 'freebsd', arch: 'x64', glibc: undefined }, undefined],
  [{ platform: 'linux', arch: 'riscv64', glibc: '2.39' }, undefined],
])('%j takes %s', (machine, name) => {
  expect(targetFor(machine)?.name).toBe(name)
})

test('this machine has a target', () => {
  expect(targetFor(thisMachine())?.cpu).toBe(process.arch as 'x64')
})
