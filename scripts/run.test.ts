import { expect, setDefaultTimeout, test } from 'bun:test'
import { resolve } from 'node:path'

setDefaultTimeout(30_000)

test('what npm started ends when npm does, though npm tells only the shell in between', async () => {
  const shell = Bun.spawn(
    ['sh', '-c', 'node scripts/run.mjs -e "console.log(process.pid); setInterval(() => {}, 1000)"; true'],
    {
      cwd: resolve(import.meta.dir, '..'),
      env: { ...process.env, CI: 'true', npm_lifecycle_event: 'start' },
      stdout: 'pipe',
      stderr: 'ignore',
    },
  )
  const reader = shell.stdout.getReader()
  const pid = Number(new TextDecoder().decode((await reader.read()).value))
  expect(isAlive(pid)).toBe(true)
  shell.kill('SIGTERM')
  // The pipe ends when the last process that holds it has ended.
  while (!(await reader.read()).done);
  expect(isAlive(pid)).toBe(false)
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
