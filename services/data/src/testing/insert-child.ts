import { openDatabase } from '@koyalite/sqlite'

// Another process that writes to a served database, as an administrator's own program would. Arguments: the file, and
// what to run.
const [path = '', text = ''] = process.argv.slice(2)
const database = await openDatabase({ path, owner: false })
await database.write((tx) => {
  tx.run({ text, params: [] })
})
await database.close()
