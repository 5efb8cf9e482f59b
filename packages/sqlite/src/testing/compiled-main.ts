import { openDatabase } from '../database'
import { mappedLibraries } from '../driver/driver'
import { runReader } from '../readers/reader-process'
import { createItems, insertItem, itemIds, sql } from './items'

// A program for the test of the executable: every thread and process of the package, from one file.
const [path = ''] = process.argv.slice(2)
if (path === '--reader') {
  runReader({ functions: [] })
} else {
  const db = await openDatabase({
    path,
    readerCommand: [process.execPath, '--reader'],
    checkpoints: { passiveBytes: 4096, restartBytes: 8192 },
  })
  await createItems(db)
  while ((db.stats().checkpoints?.checkpoints ?? 0) < 3)
    await db.write((tx) => tx.run(insertItem(`${db.feed.lastSeq}`)))
  await db.snapshot(`${path}.copy`)
  const { rows } = await db.query(sql('SELECT count(*) FROM items'), { timeoutMs: 20_000, where: 'process' })
  const libraries = mappedLibraries()
  console.log(JSON.stringify({ counted: rows[0]?.[0], stored: itemIds(db).length, libraries }))
  await db.close()
}
