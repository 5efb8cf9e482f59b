import { expect, setDefaultTimeout, test } from 'bun:test'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInTerminal } from '@koyalite/testkit'

setDefaultTimeout(30_000)

const PROGRAM = [process.execPath, join(import.meta.dir, 'testing/slow-work.ts')]

test('work that can be measured has a bar on a terminal, after a second', async () => {
  const { code, shown } = await runInTerminal(['measured'], { cwd: tmpdir(), command: PROGRAM })
  expect(code).toBe(0)
  expect(shown).toMatch(/Copying: [5-9]\.0 KB of 10\.0 KB/)
  expect(shown).toContain('Copying: verifying')
  expect(shown).not.toContain('Copying: 1.0 KB')
  expect(shown.trimEnd()).toEndWith('done')
})

test('other work shows that it goes on', async () => {
  const { code, shown } = await runInTerminal(['unknown'], { cwd: tmpdir(), command: PROGRAM })
  expect(code).toBe(0)
  expect(shown).toMatch(/Copying/)
})

test.each([
  ['measured', 40],
  ['measured', 80],
  ['unknown', 40],
  ['unknown', 80],
])('in a narrow terminal it stays on one line (%s, %d columns)', async (kind, columns) => {
  const args = [kind, 'Rebuilding a table with a name that is much longer than any screen that it may be shown on']
  const { code, shown } = await runInTerminal(args, { cwd: tmpdir(), command: PROGRAM, columns })
  expect(code).toBe(0)
  expect(shown).toContain('Reb')
  expect(shown).toContain('…')
  const frames = shown.split(/[\r\n]+|(?=[◒◐◓◑])/)
  expect(Math.max(...frames.map((frame) => Bun.stringWidth(frame)))).toBeLessThanOrEqual(columns)
  if (kind === 'measured') expect(shown).toMatch(/…: [5-9]\.0 KB of 10\.0 KB/)
})

test.each(['measured', 'unknown'])('where nobody watches, nothing is shown (%s)', async (kind) => {
  const child = Bun.spawn([...PROGRAM, kind], { stdout: 'pipe', stderr: 'pipe' })
  expect(await child.exited).toBe(0)
  expect([await child.stdout.text(), await child.stderr.text()]).toEqual(['done\n', ''])
})
