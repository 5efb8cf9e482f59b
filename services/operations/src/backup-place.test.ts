import { afterEach, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { backupsIn, findBackup, packFolder, unpackTar } from './backup-place'

setDefaultTimeout(60_000)

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-tar-'))
  folders.push(folder)
  return folder
}

/** Small files and one that is larger than what is read at a time. */
async function archive(): Promise<{ tar: string; files: Readonly<Record<string, Buffer>> }> {
  const [from, to] = [newFolder(), newFolder()]
  const files = {
    'manifest.json': Buffer.from('{}'),
    'keys/a.json': Buffer.from('a key'),
    'koyalite.db': Buffer.alloc(200_000, 'database'),
  }
  mkdirSync(join(from, 'keys'))
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(from, name), bytes)
  await packFolder(from, join(to, 'whole.tar'))
  return { tar: join(to, 'whole.tar'), files }
}

test('what is packed comes back as it was', async () => {
  const { tar, files } = await archive()
  const to = newFolder()
  await unpackTar(tar, to)
  for (const [name, bytes] of Object.entries(files)) expect(readFileSync(join(to, name)).equals(bytes)).toBe(true)
})

test('an archive that is cut off anywhere inside a file is an error, and nobody waits for the rest', async () => {
  const { tar } = await archive()
  const whole = readFileSync(tar)
  // Beyond are the zeros that end an archive.
  const last = whole.length - 3000
  for (let length = 700; length < last; length += 7919) {
    const cut = join(newFolder(), 'cut.tar')
    writeFileSync(cut, whole.subarray(0, length))
    const failed = await unpackTar(cut, newFolder()).catch((error: unknown) => error)
    expect([length, String(failed)]).toEqual([length, expect.stringContaining('it is truncated or damaged')])
  }
})

const MANIFEST = JSON.stringify({
  ...{ format: 1, version: '0.1.0', name: 'demo', created_at: '2026-01-31T00:00:00.000Z', epoch: null },
  ...{ seq: 0, encrypted: false, schema: '', files: [] },
})

test('links in a folder of backups, dangling or not, and what cannot be read are no backups, and keep nobody from the others', async () => {
  const [folder, elsewhere] = [newFolder(), newFolder()]
  for (const place of [join(folder, 'koyalite-1'), join(elsewhere, 'of-another')]) {
    mkdirSync(place)
    writeFileSync(join(place, 'manifest.json'), MANIFEST)
  }
  symlinkSync('/nowhere', join(folder, 'koyalite-2'))
  symlinkSync(join(folder, 'loop'), join(folder, 'loop'))
  symlinkSync(join(elsewhere, 'of-another'), join(folder, 'koyalite-3'))
  mkdirSync(join(folder, 'koyalite-4', 'manifest.json'), { recursive: true })
  writeFileSync(join(folder, 'koyalite-5.tar'), 'not an archive')
  expect((await backupsIn(folder)).map(({ path }) => path)).toEqual([join(folder, 'koyalite-1')])
  expect(await findBackup(folder)).toMatchObject({ path: join(folder, 'koyalite-1') })
})
