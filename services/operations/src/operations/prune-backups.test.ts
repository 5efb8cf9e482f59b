import { afterEach, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pruneBackups } from './prune-backups'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const HOUR = 3_600_000
const NOW = Date.parse('2026-11-21T12:00:00.000Z')

/** A folder with backups made so many hours before now. */
function backupsOf(hours: readonly number[]) {
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-prune-'))
  folders.push(folder)
  const paths = hours.map((ago) => {
    const created_at = new Date(NOW - ago * HOUR).toISOString()
    const path = join(folder, `koyalite-${created_at.slice(0, 19).replace(/[-:]/g, '')}Z`)
    mkdirSync(path)
    const about = { format: 1, version: '0', name: 'x', epoch: null, seq: 0, encrypted: false, schema: '', files: [] }
    writeFileSync(join(path, 'manifest.json'), JSON.stringify({ ...about, created_at }))
    return path
  })
  return { folder, paths, left: () => readdirSync(folder).length }
}

const AT = { now: NOW, inUse: new Set<string>() }

test('keeps so many, or those of an age, and the one that was just made', async () => {
  const { folder, paths, left } = backupsOf([0, 1, 2, 30])
  const made = paths[0] ?? ''
  expect(await pruneBackups(folder, { keep: { ageMs: 24 * HOUR }, made, ...AT })).toMatchObject([{ path: paths[3] }])
  expect(await pruneBackups(folder, { keep: { count: 2 }, made, ...AT })).toMatchObject([{ path: paths[2] }])
  expect(await pruneBackups(folder, { keep: { count: 1 }, made, ...AT })).toMatchObject([{ path: paths[1] }])
  expect(left()).toBe(1)
})

test('the one that was just made stays, also where the clock has gone back', async () => {
  const { folder, paths } = backupsOf([5, 0, 1])
  const made = paths[0] ?? ''
  const removed = await pruneBackups(folder, { keep: { count: 1 }, made, ...AT })
  expect(removed.map(({ path }) => path).sort()).toEqual(paths.slice(1).sort())
})

test('one that a person has named does not count, and the newest of the others stays', async () => {
  const { folder, paths } = backupsOf([40, 50])
  const made = join(folder, 'mine')
  expect(await pruneBackups(folder, { keep: { ageMs: HOUR }, made, ...AT })).toMatchObject([{ path: paths[1] }])
})

test('one that a restore needs stays for now', async () => {
  const { folder, paths, left } = backupsOf([0, 1, 2])
  const [made = '', , oldest = ''] = paths
  const removed = await pruneBackups(folder, { keep: { count: 1 }, made, now: NOW, inUse: new Set([oldest]) })
  expect([removed.map(({ path }) => path), left()]).toEqual([[paths[1] ?? ''], 2])
})
