import { openEventsWorld, sql } from './events-world'

// Writes notes and events of its own, and stores what a subscriber is given, in the transaction that delivers it. Killed in the middle of it.
const [path = '', round = ''] = process.argv.slice(2)
const { database, events } = await openEventsWorld({ path })
await database.migrate((tx) =>
  tx.exec('CREATE TABLE IF NOT EXISTS delivered (n INTEGER PRIMARY KEY, id TEXT, type TEXT, key TEXT, count INTEGER)'),
)
const subscription = events.subscribe({
  name: 'child',
  patterns: () => ['*'],
  deliver(tx, { id, type, change }) {
    const insert = 'INSERT INTO delivered (id, type, key, count) VALUES (?, ?, ?, ?)'
    tx.run(
      sql(insert, id, type, change === null ? null : String(change.key), (change?.doc?.n as number | null) ?? null),
    )
    tx.afterCommit(() => void process.stdout.write('.'))
  },
})
await subscription.changed()
for (let n = 0; ; n++) {
  const id = `${round}-${n}`
  await database.write((tx) => {
    tx.run(sql('INSERT INTO notes (id, n) VALUES (?, 1)', id))
    events.publish(tx, { type: 'orders.paid', data: id, chain: null })
  })
  await database.write((tx) => void tx.run(sql('UPDATE notes SET n = 2 WHERE id = ?', id)))
}
