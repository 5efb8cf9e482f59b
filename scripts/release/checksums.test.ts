import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checksums } from './checksums'

const folder = mkdtempSync(join(tmpdir(), 'koyalite-checksums-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('one line per file, by name, as sha256sum writes them', async () => {
  const files = ['b.tar.gz', 'a.tar.gz'].map((name) => join(folder, name))
  for (const file of files) writeFileSync(file, 'abc')
  // FIPS 180-2, appendix B.1
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  expect(await checksums(files)).toBe(`${abc}  a.tar.gz\n${abc}  b.tar.gz\n`)
})
