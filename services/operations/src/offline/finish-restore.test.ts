import { afterEach, expect, test } from 'bun:test'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { finishRestore } from './finish-restore'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** A project with an old database, and a restore that is staged. */
function stagedProject() {
  const dir = mkdtempSync(join(tmpdir(), 'koyalite-restore-'))
  folders.push(dir)
  const at = (name: string) => join(dir, 'data', name)
  const write = (name: string, text: string) => {
    mkdirSync(dirname(at(name)), { recursive: true })
    writeFileSync(at(name), text)
  }
  for (const [name, text] of [
    ['koyalite.db', 'old'],
    ['koyalite.db-wal', 'old wal'],
    ['koyalite.db-shm', 'old shm'],
    ['keys/a.json', 'old key'],
    ['koyalite.db.restore/koyalite.db', 'new'],
    ['koyalite.db.restore/keys/a.json', 'new key'],
    ['koyalite.db.restore/files/x/y.txt', 'new file'],
    ['koyalite.db.restore/restore.json', JSON.stringify({ aside: at('aside') })],
  ] as const)
    write(name, text)
  return { dir, at, write, finish: () => finishRestore({ dir, databasePath: at('koyalite.db') }) }
}

/** What a restore does to the disk, one step after the other: it may be cut short after any of them. */
const STEPS: readonly ((at: (name: string) => string) => void)[] = [
  (at) => mkdirSync(at('aside')),
  (at) => renameSync(at('koyalite.db'), at('aside/koyalite.db')),
  (at) => renameSync(at('koyalite.db-wal'), at('aside/koyalite.db-wal')),
  (at) => unlinkSync(at('koyalite.db-shm')),
  (at) => renameSync(at('koyalite.db.restore/koyalite.db'), at('koyalite.db')),
  (at) => renameSync(at('keys'), at('aside/keys')),
  (at) => renameSync(at('koyalite.db.restore/keys'), at('keys')),
  (at) => renameSync(at('koyalite.db.restore/files'), at('files')),
  (at) => unlinkSync(at('koyalite.db.restore/restore.json')),
]

test.each(STEPS.map((_, index) => index))(
  'a restore that was cut short after step %p is finished by the next start',
  async (done) => {
    const { at, finish } = stagedProject()
    for (const step of STEPS.slice(0, done)) step(at)
    expect(await finish()).toBe(at('aside'))
    // Twice does no more than once.
    expect(await finish()).toBeNull()
    const text = (name: string) => readFileSync(at(name), 'utf8')
    expect([text('koyalite.db'), text('keys/a.json'), text('files/x/y.txt')]).toEqual(['new', 'new key', 'new file'])
    expect([text('aside/koyalite.db'), text('aside/koyalite.db-wal'), text('aside/keys/a.json')]).toEqual([
      'old',
      'old wal',
      'old key',
    ])
    expect(readdirSync(at('.')).sort()).toEqual(['aside', 'files', 'keys', 'koyalite.db'])
  },
)

test('what is left of one that was finished is removed', async () => {
  const { at, finish } = stagedProject()
  for (const step of STEPS) step(at)
  expect(await finish()).toBeNull()
  expect(existsSync(at('koyalite.db.restore'))).toBe(false)
  expect(readFileSync(at('koyalite.db'), 'utf8')).toBe('new')
})

test('one that was not yet verified changes nothing', async () => {
  const { at, finish } = stagedProject()
  renameSync(at('koyalite.db.restore'), at('koyalite.db.restore.part'))
  expect(await finish()).toBeNull()
  expect(existsSync(at('koyalite.db.restore.part'))).toBe(false)
  expect(readFileSync(at('koyalite.db'), 'utf8')).toBe('old')
  expect(readFileSync(at('koyalite.db-wal'), 'utf8')).toBe('old wal')
})
