import { openDatabase } from '../database'
import { insertItem } from './items'

// Commits one held transaction, begins another one, and says so; then it is killed.
const db = await openDatabase({ path: process.argv[2] ?? '' })
const first = await db.hold()
first.run(insertItem('committed'))
await first.commit()
const second = await db.hold({ idleMs: 60_000, totalMs: 60_000 })
second.run(insertItem('open'))
console.log('held')
setInterval(() => {}, 1000)
