import { createMetrics, NO_LOG } from '@koyalite/kernel'
import { openDatabase } from '@koyalite/sqlite'
import { createJobs } from '../create-jobs'
import { JOBS_TABLES } from '../store/jobs-table'
import { HANDLER, SETTINGS } from './use-jobs'

// Pushes jobs, says which were acknowledged, and runs them: `once` has its effect in the transaction that completes it, `often` before it is done. Killed
// in the middle of it. With `drain` it pushes nothing, and ends when all jobs are over.
const [path = '', round = '', mode = 'push'] = process.argv.slice(2)
const database = await openDatabase({ path })
await database.migrate((tx) => {
  for (const text of JOBS_TABLES.steps.flat()) tx.exec(text)
  tx.exec('CREATE TABLE IF NOT EXISTS effects (job TEXT, kind TEXT)')
})
const jobs = createJobs({ database, log: NO_LOG, metrics: createMetrics(), settings: { ...SETTINGS, concurrency: 20 } })
jobs.handledBy({
  names: () => ['once', 'often'],
  find: (name) => ({
    ...HANDLER,
    async run({ id, lease }) {
      await database.write((tx) => {
        tx.run({ text: 'INSERT INTO effects VALUES (?, ?)', params: [id, name] })
        if (name === 'once') jobs.complete(tx, lease, null)
      })
      return { kind: 'done', result: null }
    },
  }),
})
await jobs.start()
const left = () =>
  Number(database.get({ text: `SELECT count(*) FROM _koyalite_jobs WHERE finished_at IS NULL`, params: [] })?.[0])
if (mode === 'drain') {
  while (left() > 0) await Bun.sleep(20)
  await jobs.close()
  await database.close()
  process.exit(0)
}
for (let n = 0; ; n++) {
  const name = n % 2 === 0 ? 'once' : 'often'
  const group = n % 5 === 0 ? { group: `g${n % 3}` } : {}
  const { value } = await database.write((tx) =>
    jobs.push(tx, { name, payload: { round, n }, actor: null, chain: null, ...group }),
  )
  process.stdout.write(`${value.id}\n`)
}
