import { existsSync } from 'node:fs'
import { chmod, mkdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { adoptSchema } from '@koyalite/migrations'
import { SQL_FUNCTIONS } from '@koyalite/query'
import { adoptDatabase, type Finding } from '@koyalite/schema'
import { copyForeignFile, inspectDatabase, openDatabase } from '@koyalite/sqlite'
import { SYSTEM_TABLES } from './project'
import { ProjectError } from './project-error'

export interface AdoptedProject {
  /** The text of schema.yaml. */
  readonly schema: string
  readonly collections: readonly { readonly name: string; readonly table: string; readonly documents: number }[]
  /** What the schema cannot represent, and what should be known. */
  readonly findings: readonly Finding[]
}

/**
 * Copies a database of another program into the data folder of a new project, and makes it one of KoyaLite. The original stays as it is. Throws ProjectError
 * where that cannot be; then nothing is left behind.
 */
export async function adoptProject({
  from,
  dir,
}: {
  readonly from: string
  readonly dir: string
}): Promise<AdoptedProject> {
  const path = join(dir, 'data', 'koyalite.db')
  if (!existsSync(from)) throw new ProjectError([`there is no file ${from}`])
  if (existsSync(path)) throw new ProjectError([`${path} is there already: a database is never replaced`])
  await mkdir(dir, { recursive: true })
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const part = `${path}.adopting`
  await removeParts(part)
  try {
    await copyForeignFile(from, part)
    await chmod(part, 0o600)
    const info = inspectDatabase(part)
    if (info.damage.length > 0) throw new ProjectError([`${from} is damaged:`, ...info.damage])
    if (info.tables.some(({ name }) => name === '_koyalite_schema')) {
      throw new ProjectError([`${from} is a database of KoyaLite: copy its project, with its schema.yaml, instead`])
    }
    if (info.tables.length === 0 && info.views.length === 0) throw new ProjectError([`${from} has no tables`])
    const { text, schema, adopted, findings } = adoptDatabase(info)
    const database = await openDatabase({ path: part, functions: SQL_FUNCTIONS })
    try {
      await adoptSchema(database, { schema, adopted, systemTables: SYSTEM_TABLES })
    } finally {
      await database.close()
    }
    await rename(part, path)
    const collections = [...schema.collections.values()].flatMap(({ name, table }) => {
      const documents = info.tables.find((candidate) => candidate.name === table)?.rows ?? 0
      return adopted.has(name) ? [{ name, table, documents }] : []
    })
    return { schema: text, collections, findings }
  } catch (error) {
    await removeParts(part)
    // Folders that are empty now are those that were made for it, or as good as those.
    for (const folder of [dirname(path), dir]) await rmdir(folder).catch(() => {})
    if (error instanceof ProjectError) throw error
    throw new ProjectError([`${from} cannot be adopted: ${error instanceof Error ? error.message : String(error)}`])
  }
}

async function removeParts(part: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(`${part}${suffix}`, { force: true })
}
