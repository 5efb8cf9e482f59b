import { expect, setDefaultTimeout, test } from 'bun:test'
import { createProject } from '@koyalite/testkit'
import { openEventsWorld, record, sql } from './testing/events-world'

setDefaultTimeout(120_000)

/** More: EVENT_KILLS=100 bun test … */
const KILLS = Number(process.env.EVENT_KILLS ?? 3)

test('E1 over kill -9: each event once, none missing, in the order of the log, with the document of its time', async () => {
  const folder = createProject()
  const path = folder.path('events.db')
  for (let round = 0; round < KILLS; round++) await deliverUntilKilled(path, round)
  const world = await openEventsWorld({ path })
  const rest = await record(world.events, ['*'], { name: 'child' })
  await world.events.caughtUp()
  const stored = world.database.all(sql('SELECT id, type, key, count FROM delivered ORDER BY n'))
  const delivered: unknown[] = [
    ...stored,
    ...rest.seen.map(({ id, type, change }) => [id, type, change?.key ?? null, change?.doc?.n ?? null]),
  ]
  const logged: unknown[] = world.database
    .all(sql('SELECT seq, at, op, doc_id, collection FROM _koyalite_changes ORDER BY seq'))
    .map(([seq, at, op, key, collection]) => {
      const id = `${Number(at).toString(36)}-${Number(seq).toString(36)}`
      if (collection !== 'notes') return [id, 'orders.paid', null, null]
      return op === 'insert' ? [id, 'notes.created', key, 1] : [id, 'notes.updated', key, 2]
    })
  expect(logged.length).toBeGreaterThan(100 * KILLS)
  expect(delivered).toEqual(logged)
  await world.close()
  folder.remove()
})

async function deliverUntilKilled(path: string, round: number): Promise<void> {
  const command = [process.execPath, `${import.meta.dir}/testing/delivery-child.ts`, path, String(round)]
  const child = Bun.spawn(command, { stdout: 'pipe', stderr: 'inherit' })
  // Each round at another place of a slice.
  const enough = 150 + ((round * 67) % 200)
  let count = 0
  for await (const chunk of child.stdout) {
    count += chunk.length
    if (count > enough) child.kill('SIGKILL')
  }
  await child.exited
  expect(count).toBeGreaterThan(enough)
}
