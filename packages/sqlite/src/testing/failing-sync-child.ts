import { openDatabase } from '../database'
import { createItems, insertItem } from './items'
import { manualSync } from './manual-sync'

// A server whose disk fails: it must not say that the write is stored.
const sync = manualSync()
sync.automatic()
const db = await openDatabase({ path: process.argv[2] ?? '' }, { startWalSync: sync.start })
await createItems(db)
sync.manual()
db.write((tx) => tx.run(insertItem('a'))).then(
  () => console.log('acknowledged'),
  () => {},
)
while (db.stats().unsynced === 0) await new Promise(setImmediate)
sync.fail(new Error('EIO'))
await new Promise(setImmediate)
console.log('still alive')
