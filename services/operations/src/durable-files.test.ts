import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filesIn, syncTree } from './durable-files'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'koyalite-files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('the files of a folder are its own: links, into other folders or in a circle, are not followed', async () => {
  mkdirSync(join(folder, 'here/below'), { recursive: true })
  mkdirSync(join(folder, 'elsewhere'))
  writeFileSync(join(folder, 'here/b'), '')
  writeFileSync(join(folder, 'here/below/a'), '')
  writeFileSync(join(folder, 'elsewhere/theirs'), '')
  for (const [name, target] of [
    ['folder', join(folder, 'elsewhere')],
    ['file', join(folder, 'elsewhere/theirs')],
    ['dangling', '/nowhere'],
    ['circle', 'circle'],
    ['below/up', '..'],
  ] as const) {
    symlinkSync(target, join(folder, 'here', name))
  }
  expect(await filesIn(join(folder, 'here'))).toEqual(['b', 'below/a'])
  await syncTree(join(folder, 'here'))
  expect(await filesIn(join(folder, 'nothing'))).toEqual([])
})
