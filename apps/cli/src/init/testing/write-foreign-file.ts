import { Database } from 'bun:sqlite'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes a database as another program has written it: Python's library where there is one. */
export async function writeForeignFile(path: string, script: string): Promise<void> {
  const sql = readFileSync(join(import.meta.dir, script), 'utf8')
  const python = Bun.which('python3')
  if (python === null) {
    using database = new Database(path)
    database.exec(sql)
    return
  }
  const program =
    'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.executescript(sys.stdin.read()); c.commit(); c.close()'
  const child = Bun.spawn([python, '-c', program, path], { stdin: new Blob([sql]), stderr: 'pipe' })
  if ((await child.exited) !== 0) throw new Error(await new Response(child.stderr).text())
}
