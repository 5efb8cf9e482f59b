import { expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '@koyalite/sqlite'

setDefaultTimeout(600_000)

/** `KOYALITE_JOBS_KILL_ROUNDS=200` for a long run. */
const ROUNDS = Number(process.env.KOYALITE_JOBS_KILL_ROUNDS ?? 5)

const folder = mkdtempSync(join(tmpdir(), 'koyalite-jobs-'))
const path = join(folder, 'a.db')

test('kill -9: every job that was acknowledged is done; effects of completed transactions are there once, others at least once', async () => {
  const acknowledged: string[] = []
  for (let round = 0; round < ROUNDS; round++) acknowledged.push(...(await pushUntilKilled(round)))
  const child = Bun.spawn(command('drain', 'drain'), { stdout: 'ignore' })
  expect(await child.exited).toBe(0)
  const database = await openDatabase({ path })
  const all = (text: string) => database.all({ text, params: [] })
  const states = new Map(all('SELECT id, state FROM _koyalite_jobs') as [string, string][])
  expect(acknowledged.filter((id) => states.get(id) !== 'done')).toEqual([])
  expect(acknowledged.length).toBeGreaterThan(ROUNDS * 20)
  expect(all(`SELECT job FROM effects WHERE kind = 'once' GROUP BY job HAVING count(*) > 1`)).toEqual([])
  const done = new Set(all('SELECT DISTINCT job FROM effects').map(([job]) => job))
  expect([...states.keys()].filter((id) => !done.has(id))).toEqual([])
  await database.close()
  rmSync(folder, { recursive: true })
})

function command(round: string, mode: string): string[] {
  return [process.execPath, `${import.meta.dir}/testing/crashing-child.ts`, path, round, mode]
}

/** The jobs whose pushes a process acknowledged before it was killed. */
async function pushUntilKilled(round: number): Promise<string[]> {
  const child = Bun.spawn(command(String(round), 'push'), { stdout: 'pipe' })
  // Not always at the same moment.
  const enough = 50 + Math.floor(Math.random() * 150)
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > enough * 37) child.kill('SIGKILL')
  }
  await child.exited
  // The last line may be cut.
  return text.split('\n').slice(0, -1)
}
