import { type Database, openDatabase } from '../database'
import { itemIds, sql } from './items'

// Recovers each database named on standard input (one per line) and tells what is in it, one line of JSON each.
for (const path of (await Bun.stdin.text()).split('\n').filter(Boolean)) {
  console.log(JSON.stringify(await look(path)))
}

async function look(path: string): Promise<{ integrity: unknown; ids: unknown[]; seq: number }> {
  let db: Database | undefined
  try {
    db = await openDatabase({ path })
    return { integrity: db.get(sql('PRAGMA integrity_check'))?.[0], ids: itemIds(db), seq: db.feed.lastSeq }
  } catch (error) {
    return { integrity: String(error), ids: [], seq: 0 }
  } finally {
    await db?.close()
  }
}
