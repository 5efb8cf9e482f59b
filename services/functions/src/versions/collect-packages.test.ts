import { expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { collectPackages, markUsed } from './collect-packages'

test('what nothing refers to goes, the least recently used first, as far as the limit wants it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-cache-'))
  const add = (name: string, age: number) => {
    mkdirSync(join(folder, name, 'package'), { recursive: true })
    writeFileSync(join(folder, name, 'package/code.py'), 'x'.repeat(1_000_000))
    // What a link leads to belongs to somebody else.
    symlinkSync(folder, join(folder, name, 'link'))
    const at = new Date(Date.now() - age)
    utimesSync(join(folder, name), at, at)
  }
  for (const [name, age] of [
    ['oldest', 4_000],
    ['used', 3_000],
    ['old', 2_000],
    ['new', 1_000],
  ] as const)
    add(name, age)
  mkdirSync(join(folder, '.install-1'))
  const used = new Set(['used'])
  expect(await collectPackages({ folder, used, limit: 10_000_000 })).toEqual([])
  markUsed(join(folder, 'old'))
  expect(await collectPackages({ folder, used, limit: 2_500_000 })).toEqual(['oldest', 'new'])
  expect(readdirSync(folder).sort()).toEqual(['.install-1', 'old', 'used'])
  expect(await collectPackages({ folder, used, limit: 0 })).toEqual(['old'])
  rmSync(folder, { recursive: true })
})
