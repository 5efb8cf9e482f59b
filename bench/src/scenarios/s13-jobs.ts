import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createJobs, JOBS_TABLES } from '@koyalite/jobs/queue'
import { HANDLER, SETTINGS } from '@koyalite/jobs/testing/use-jobs'
import { createMetrics, NO_LOG } from '@koyalite/kernel'
import { type Database, openDatabase } from '@koyalite/sqlite'
import type { Cell, Scenario } from '../scenario'
import { figureBound } from '../target'

const FRESH = 'an empty table'
const PER_WRITE = 100
const CONCURRENCY = 100

/** Jobs that do nothing, through the queue: pushed by concurrent writes, claimed, and done. In this process, on a file with full durability. */
export const JOBS: Scenario = {
  id: 'S13',
  title: 'jobs through the queue, from push to done',
  note: `Pushed ${PER_WRITE} in a write, ${CONCURRENCY} run at once and do nothing. "Beside done ones": 20 × as many jobs are over already.`,
  targets: [figureBound(FRESH, 'per second', { atLeast: 10_000 })],
  async run(_, options) {
    const count = options.quick ? 10_000 : 50_000
    const cells: Cell[] = []
    for (let repetition = 0; repetition < options.repetitions; repetition++) {
      const folder = mkdtempSync(join(tmpdir(), 'koyalite-jobs-bench-'))
      const queue = await openQueue(join(folder, 'a.db'))
      await queue.pass(count)
      cells.push({ cell: FRESH, peer: 'koyalite', repetition, result: await queue.pass(count) })
      await queue.addDone(count * 20)
      cells.push({ cell: 'beside done ones', peer: 'koyalite', repetition, result: await queue.pass(count) })
      await queue.close()
      rmSync(folder, { recursive: true })
    }
    return cells
  },
}

async function openQueue(path: string) {
  const database: Database = await openDatabase({ path })
  await database.migrate((tx) => {
    for (const text of JOBS_TABLES.steps.flat()) tx.exec(text)
  })
  const settings = { ...SETTINGS, concurrency: CONCURRENCY }
  const jobs = createJobs({ database, log: NO_LOG, metrics: createMetrics(), settings })
  let done = 0
  let onAll = () => {}
  let wanted = 0
  jobs.handledBy({
    names: () => ['nothing'],
    find: () => ({
      ...HANDLER,
      async run() {
        if (++done === wanted) onAll()
        return { kind: 'done', result: null }
      },
    }),
  })
  await jobs.start()
  return {
    async pass(count: number): Promise<Cell['result']> {
      const all = Promise.withResolvers<void>()
      done = 0
      wanted = count
      onAll = all.resolve
      const started = performance.now()
      const cpu = process.cpuUsage()
      const push = () =>
        database.write((tx) => {
          for (let n = 0; n < PER_WRITE; n++)
            jobs.push(tx, { name: 'nothing', payload: { n }, actor: null, chain: null })
        })
      await Promise.all(Array.from({ length: count / PER_WRITE }, push))
      await all.promise
      const seconds = (performance.now() - started) / 1000
      const { user, system } = process.cpuUsage(cpu)
      return { measured: { 'per second': count / seconds, 'CPU µs per job': (user + system) / count }, failures: {} }
    },
    async addDone(count: number): Promise<void> {
      await database.write((tx) =>
        tx.exec(`INSERT INTO "_koyalite_jobs" ("id", "name", "queue", "state", "stage", "priority", "run_at", "rank", "payload", "created_at", "finished_at")
          SELECT 'done-' || key, 'nothing', 'default', 'done', 'over', 0, 1, 1, '{}', 1, ${Date.now()} FROM json_each('[' || rtrim(replace(hex(zeroblob(${count})), '00', '1,'), ',') || ']')`),
      )
    },
    async close(): Promise<void> {
      await jobs.close()
      await database.close()
    },
  }
}
