import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { formatSettingsProblem, loadSettings, readSecretReference } from '@koyalite/kernel'
import { SETTINGS } from '../compose'

const dir = mkdtempSync(join(tmpdir(), 'koyalite-secrets-'))
writeFileSync(join(dir, 'key'), 'from a file\n')
writeFileSync(join(dir, 'empty'), '\n')
afterAll(() => rmSync(dir, { recursive: true }))

function load(yaml: string, env: Readonly<Record<string, string>> = {}) {
  writeFileSync(join(dir, 'koyalite.yaml'), yaml)
  const loaded = loadSettings({ declaration: SETTINGS, dir, env })
  return loaded.ok ? loaded.settings.database.encryption_key : loaded.problems.map(formatSettingsProblem)
}
const key = (value: string) => `database:\n  encryption_key: ${value}\n`

describe('database.encryption_key', () => {
  test.each<[string, Record<string, string>, string | null]>([
    ['', {}, null],
    [key('null'), {}, null],
    [key('${DB_KEY}'), { DB_KEY: 'secret' }, 'secret'],
    [key('file:key'), {}, 'from a file'],
    [key('${DB_KEY}'), { DB_KEY: `file:${join(dir, 'key')}` }, 'from a file'],
    ['', { KOYALITE_DATABASE_ENCRYPTION_KEY: 'secret' }, 'secret'],
    ['', { KOYALITE_DATABASE_ENCRYPTION_KEY: '12' }, '12'],
    ['', { KOYALITE_DATABASE_ENCRYPTION_KEY: 'file:key' }, 'from a file'],
    [key('file:gone'), { KOYALITE_DATABASE_ENCRYPTION_KEY: 'stronger' }, 'stronger'],
  ])('%j with %j', (yaml, env, expected) => {
    expect(load(yaml, env)).toBe(expected)
  })

  test.each<[string, Record<string, string>, string]>([
    [
      key('hunter2hunter2'),
      {},
      'koyalite.yaml:2:19 database.encryption_key must not be written in a settings file: use ${DATABASE_ENCRYPTION_KEY}',
    ],
    [key('"${DB_KEY:-hunter2hunter2}"'), {}, 'database.encryption_key must not be written in a settings file'],
    [key('12345678'), {}, 'must not be written in a settings file'],
    // A server that started without its key would write in the clear.
    [key('${DB_KEY}'), {}, 'database.encryption_key needs the environment variable DB_KEY, which is not set'],
    [key('${DB_KEY}'), { DB_KEY: '' }, 'database.encryption_key is empty'],
    ['', { KOYALITE_DATABASE_ENCRYPTION_KEY: '' }, 'KOYALITE_DATABASE_ENCRYPTION_KEY database.encryption_key is empty'],
    [key('file:gone'), {}, `${join(dir, 'gone')} cannot be read (ENOENT)`],
    [key('file:empty'), {}, `${join(dir, 'empty')} is empty`],
  ])('%j with %j is refused', (yaml, env, message) => {
    const problems = load(yaml, env)
    expect(String(problems)).toContain(message)
    expect(String(problems)).not.toContain('hunter2')
  })
})

test('keys on the command line are references too', () => {
  const read = (reference: string) => readSecretReference(reference, { dir, env: { NAME: 'x' } })
  expect(read('env:NAME')).toEqual({ text: 'x' })
  expect(read('file:key')).toMatchObject({ text: 'from a file' })
  expect(read('env:OTHER')).toEqual({ problem: 'the environment variable OTHER is not set' })
  expect(read('hunter2')).toEqual({
    problem: 'pass a reference to the key, env:NAME or file:path, never the key itself',
  })
})

describe('backups', () => {
  test.each<[string, object]>([
    ['', { count: 7 }],
    ['backups: { keep: 3 }', { count: 3 }],
    ['backups: { keep: 30d }', { ageMs: 30 * 86_400_000 }],
  ])('%j', (yaml, keep) => {
    writeFileSync(join(dir, 'koyalite.yaml'), yaml)
    expect(loadSettings({ declaration: SETTINGS, dir, env: {} })).toMatchObject({
      settings: { backups: { keep, schedule: null, dir: 'data/backups' } },
    })
    expect(loadSettings({ declaration: SETTINGS, dir, env: { KOYALITE_BACKUPS_KEEP: '2' } })).toMatchObject({
      settings: { backups: { keep: { count: 2 } } },
    })
  })

  test.each(['0', '-1', '1.5', 'many', 'true'])('keep: %s is refused', (keep) => {
    expect(String(load(`backups: { keep: ${keep} }`))).toContain(
      'backups.keep: expected a count like 7, or an age like 30d',
    )
  })
})
