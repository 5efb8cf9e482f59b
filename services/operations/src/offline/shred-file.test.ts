import { afterEach, describe, expect, test } from 'bun:test'
import { existsSync, linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeLeftovers, shredFile } from './shred-file'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function folder() {
  const dir = mkdtempSync(join(tmpdir(), 'koyalite-shred-'))
  folders.push(dir)
  return { dir, db: join(dir, 'a.db') }
}

test('a shredded file holds nothing of what it held', async () => {
  const { dir, db } = folder()
  writeFileSync(db, 'secret'.repeat(500_000))
  linkSync(db, join(dir, 'other-name'))
  await shredFile(db)
  expect(existsSync(db)).toBe(false)
  const left = readFileSync(join(dir, 'other-name'))
  expect(left.length).toBe(3_000_000)
  expect(left.includes('secret')).toBe(false)
})

describe('a change of key that was cut short', () => {
  test('before its copy was complete: the copy goes', async () => {
    const { dir, db } = folder()
    writeFileSync(db, 'old')
    writeFileSync(`${db}.recoded`, 'half')
    await removeLeftovers(db)
    expect(readdirSync(dir)).toEqual(['a.db'])
    expect(readFileSync(db, 'utf8')).toBe('old')
  })

  test('before the copy took the place: the second name goes, and the database stays as it is', async () => {
    const { dir, db } = folder()
    writeFileSync(db, 'old')
    linkSync(db, `${db}.shred`)
    writeFileSync(`${db}.recoded`, 'new')
    await removeLeftovers(db)
    expect(readdirSync(dir)).toEqual(['a.db'])
    expect(readFileSync(db, 'utf8')).toBe('old')
  })

  test('before the old file was gone: it goes', async () => {
    const { dir, db } = folder()
    writeFileSync(db, 'new')
    writeFileSync(`${db}.shred`, 'old')
    await removeLeftovers(db)
    expect(readdirSync(dir)).toEqual(['a.db'])
    expect(readFileSync(db, 'utf8')).toBe('new')
  })

  test('nothing is removed where there is no database', async () => {
    const { dir, db } = folder()
    writeFileSync(`${db}.shred`, 'old')
    await removeLeftovers(db)
    expect(readdirSync(dir)).toEqual(['a.db.shred'])
  })
})
