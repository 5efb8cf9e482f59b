import { consumeChanges } from '../changes/consume-changes'
import { openDatabase } from '../database'
import { createItems, insertItem, sql } from './items'

// Writes items, and copies what the change log says of them: once each (`seen`), and at least once (standard output). Killed in the middle of it.
const [path = '', round = ''] = process.argv.slice(2)
const db = await openDatabase({ path })
if (db.get(sql("SELECT 1 FROM sqlite_schema WHERE name = 'items'")) === undefined) {
  await createItems(db)
  await db.migrate((tx) => tx.exec('CREATE TABLE seen (n INTEGER PRIMARY KEY, seq INTEGER, id TEXT)'))
}
await consumeChanges(db, {
  name: 'exactly once',
  from: 'start',
  handle: (changes, advance) =>
    db.write((tx) => {
      for (const { seq, docId } of changes) tx.run(sql('INSERT INTO seen (seq, id) VALUES (?, ?)', seq, docId))
      advance(tx)
    }),
})
await consumeChanges(db, {
  name: 'at least once',
  from: 'start',
  async handle(changes) {
    process.stdout.write(changes.map(({ seq }) => `${seq}\n`).join(''))
  },
})
for (let n = 0; ; n++) await db.write((tx) => tx.run(insertItem(`${round}-${n}`)))
