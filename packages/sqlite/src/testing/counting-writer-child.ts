import { openDatabase } from '../database'
import { createItems, insertItem, sql } from './items'

// Writes as fast as it can, and says on standard output what is acknowledged: `<n> <epoch>.<seq>`; until its input ends.
const [path = ''] = process.argv.slice(2)
const db = await openDatabase({ path })
await createItems(db)
await db.write((tx) => tx.run(insertItem('counter')))
let ended = false
process.stdin.on('end', () => {
  ended = true
})
process.stdin.resume()
for (let n = 1; !ended; n++) {
  const { seq } = await db.write((tx) => {
    tx.run(sql('UPDATE items SET n = ? WHERE id = ?', n, 'counter'))
    // More changes than one, so that a number taken a moment later is another one.
    tx.run(insertItem(`i${n}`))
  })
  process.stdout.write(`${n} ${seq}\n`)
}
await db.close()
