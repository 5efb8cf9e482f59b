import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BufferedLines } from './buffered-lines'
import { RotatingFile } from './rotating-file'

const DAY = 86_400_000
const NOON = Date.parse('2026-03-01T12:00:00Z')
const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})
function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'koyalite rotation '))
  folders.push(dir)
  return dir
}

test('a new file begins each day, and when one has its share', async () => {
  const dir = folder()
  let now = NOON
  const file = new RotatingFile({ dir, keep: 10 * DAY, maxBytes: 80, now: () => now })
  await file.write('one\n')
  await file.write('two, long enough\n')
  file.writeSync('three\n')
  now += DAY
  await file.write('four\n')
  file.close()
  expect(readdirSync(dir).toSorted()).toEqual([
    'koyalite-2026-03-01.1.ndjson',
    'koyalite-2026-03-01.2.ndjson',
    'koyalite-2026-03-02.1.ndjson',
  ])
  expect(readFileSync(join(dir, 'koyalite-2026-03-01.1.ndjson'), 'utf8')).toBe('one\ntwo, long enough\n')
})

test('after a restart the file of the day goes on', async () => {
  const dir = folder()
  for (const text of ['one\n', 'two\n']) {
    const file = new RotatingFile({ dir, keep: DAY, maxBytes: 1000, now: () => NOON })
    await file.write(text)
    file.close()
  }
  expect(readFileSync(join(dir, 'koyalite-2026-03-01.1.ndjson'), 'utf8')).toBe('one\ntwo\n')
})

test('files go when they are too old or too many, and no others', () => {
  const dir = folder()
  const put = (name: string, bytes: number, age: number) => {
    writeFileSync(join(dir, name), 'x'.repeat(bytes))
    const at = new Date(NOON - age * DAY)
    utimesSync(join(dir, name), at, at)
  }
  put('koyalite-2026-02-20.1.ndjson', 10, 9)
  put('koyalite-2026-02-25.1.ndjson', 10, 4)
  put('koyalite-2026-02-27.2.ndjson', 400, 2)
  put('koyalite-2026-02-27.10.ndjson', 400, 2)
  put('notes.txt', 5000, 100)
  new RotatingFile({ dir, keep: 7 * DAY, maxBytes: 920, now: () => NOON }).close()
  expect(readdirSync(dir).toSorted()).toEqual([
    'koyalite-2026-02-27.10.ndjson',
    'koyalite-2026-02-27.2.ndjson',
    'koyalite-2026-03-01.1.ndjson',
    'notes.txt',
  ])
})

test('lines arrive in order, whatever the target does', async () => {
  let written = ''
  const calls: number[] = []
  const lines = new BufferedLines({
    delay: 1,
    target: {
      async write(text) {
        await new Promise((resolve) => setImmediate(resolve))
        calls.push(text.length)
        written += text
      },
      writeSync(text) {
        written += text
      },
    },
  })
  let expected = ''
  for (let i = 0; i < 20_000; i++) {
    const line = `line ${i}\n`
    expected += line
    lines.write(line)
    if (i % 5000 === 0) await lines.flush()
  }
  await lines.flush()
  lines.write('last\n')
  lines.flushSync()
  expect(written).toBe(`${expected}last\n`)
  expect(calls.length).toBeLessThan(20)
})

test('a failing target loses lines, counts them, and stops nobody', async () => {
  const fail = () => {
    throw new Error('disk full')
  }
  const lines = new BufferedLines({ delay: 1, target: { write: async () => fail(), writeSync: fail } })
  lines.write('a\n')
  lines.write('b\n')
  await lines.flush()
  lines.write('c\n')
  lines.flushSync()
  expect(lines.dropped).toBe(3)
})
