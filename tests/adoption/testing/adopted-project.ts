import { Database } from 'bun:sqlite'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import {
  type Api,
  createApi,
  createKey,
  createProject,
  runKoyalite,
  startServer,
  type TempProject,
} from '@koyalite/testkit'

export interface Adopted {
  readonly collections: readonly { readonly name: string; readonly table: string; readonly documents: number }[]
  readonly findings: readonly { readonly kind: 'left' | 'note'; readonly subject: string; readonly message: string }[]
}

/** A folder for foreign files, and for the project that is made of one. */
export interface AdoptionPlace {
  /** Where a file goes that another program writes. */
  file(name: string): string
  readonly project: TempProject
  /** `init --from`; throws where that fails, and where the file, or what lies beside it, is not as it was. */
  adopt(name: string): Promise<Adopted>
  /** What `init --from` says where it refuses; throws where it does not. */
  refused(name: string): Promise<string>
  /** Works with the adopted project, served. */
  serve<T>(use: (api: Api, key: string) => Promise<T>): Promise<T>
  remove(): void
}

export function adoptionPlace(): AdoptionPlace {
  const base = createProject()
  const dir = base.path('app')
  const project: TempProject = {
    ...base,
    dir,
    path: (name) => join(dir, name),
    write: (name, text) => base.write(`app/${name}`, text),
  }
  const init = async (name: string) => {
    const from = base.path(name)
    const before = contentsBeside(from)
    const result = await runKoyalite(['init', '--from', from, '--json', '--dir', dir])
    const after = contentsBeside(from)
    if (JSON.stringify(after) !== JSON.stringify(before))
      throw new Error(`${name} was changed: ${after} instead of ${before}`)
    return result
  }
  return {
    project,
    file: (name) => base.path(name),
    async adopt(name) {
      const { code, stdout, stderr } = await init(name)
      if (code !== 0) throw new Error(stderr)
      return JSON.parse(stdout) as Adopted
    },
    async refused(name) {
      const { code, stderr } = await init(name)
      if (code === 0) throw new Error(`${name} was adopted`)
      return stderr
    },
    async serve(use) {
      const key = await createKey(project)
      const server = await startServer(project)
      try {
        return await use(createApi(server.url, key), key)
      } finally {
        await server.kill('SIGTERM')
      }
    },
    remove: () => base.remove(),
  }
}

/** The rows of every table of a file as another SQLite library reads them, as one hash per table. */
export function tableHashes(path: string): ReadonlyMap<string, string> {
  using database = new Database(path, { readonly: true })
  const names = database
    .query(
      `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_koyalite%' ESCAPE '\\'`,
    )
    .values()
    .map(([name]) => String(name))
    .sort()
  return new Map(names.map((name) => [name, hashOfTable(database, name)]))
}

function hashOfTable(database: Database, table: string): string {
  const hash = createHash('sha256')
  const columns = database.query('SELECT name FROM pragma_table_xinfo(?)').values(table)
  // Exact to the bit, whatever JavaScript makes of the values.
  const exact = columns.map(([name]) => `quote("${String(name).replaceAll('"', '""')}")`).join(` || ',' || `)
  const rows = database.query(`SELECT ${exact} FROM "${table.replaceAll('"', '""')}" ORDER BY 1`)
  for (const [row] of rows.values()) hash.update(`${row}\n`)
  return hash.digest('hex')
}

/** The file and what lies beside it under its name, with a hash of each. Not of `-shm`, where those that read leave their marks. */
function contentsBeside(path: string): readonly string[] {
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(basename(path)) && !name.endsWith('-shm'))
    .sort()
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(dirname(path), name)))
          .digest('hex')}`,
    )
}
