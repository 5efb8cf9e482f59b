import { openDatabase } from '../database'
import { sql } from './items'

// Starts an endless query in a reader process, and tells that process's id.
const [path = '', endless = ''] = process.argv.slice(2)
const readerCommand = [process.execPath, `${import.meta.dir}/reader-child.ts`]
const db = await openDatabase({ path, readerCommand })
const apart = { timeoutMs: 60_000, where: 'process' } as const
await db.query(sql('SELECT 1'), apart)
void db.query(sql(endless), apart)
console.log(childOf(process.pid))

function childOf(pid: number): string {
  const { stdout } = Bun.spawnSync(['ps', '-o', 'pid=', '--ppid', String(pid)])
  // The first is the reader, the other `ps` itself.
  return stdout.toString().trim().split('\n')[0]?.trim() ?? ''
}
