import { expect, setDefaultTimeout, test } from 'bun:test'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runInTerminal } from './testing/run-in-terminal'

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

test.each(['measured', 'unknown'])('where nobody watches, nothing is shown (%s)', async (kind) => {
  const child = Bun.spawn([...PROGRAM, kind], { stdout: 'pipe', stderr: 'pipe' })
  expect(await child.exited).toBe(0)
  expect([await child.stdout.text(), await child.stderr.text()]).toEqual(['done\n', ''])
})
