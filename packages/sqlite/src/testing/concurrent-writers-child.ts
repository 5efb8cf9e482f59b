import { openDatabase } from '../database'
import { createItems, insertItem, sql } from './items'

// 64 writers that tell of every acknowledged write on standard output, until the process is killed.
const [path = '', round = ''] = process.argv.slice(2)
const limits = { passiveBytes: 64 * 1024, restartBytes: 128 * 1024 }
const db = await openDatabase({ path, checkpoints: limits })
if (db.all(sql("SELECT 1 FROM sqlite_schema WHERE name = 'items'")).length === 0) await createItems(db)

let last = 0
async function writer(): Promise<never> {
  for (;;) {
    const id = `${round}-${++last}`
    await db.write((tx) => tx.run(insertItem(id, last)))
    process.stdout.write(`${id}\n`)
  }
}
await Promise.all(Array.from({ length: 64 }, writer))
