import type { Collection } from '@koyalite/schema'
import { CommandError } from '../command-error'
import { type CollectionRow, rowsOf, rowsOfFile } from '../import/collection-rows'
import { RowError } from '../import/source-row'
import { waitForReferences } from '../import/wait-for-references'
import { callProject, type Project } from '../project'
import { inReferenceOrder } from '../reference-order'
import { readSeed } from './read-seed'
import { type ExistingRow, findExisting } from './seed-existing'
import type { SeedFile } from './seed-files'
import { type SeedWrite, writeSeeds } from './write-seeds'

export interface SeededCollection {
  readonly collection: string
  readonly created: number
  /** Existed already; the fields in the seed were set again. */
  readonly updated: number
  /** Nothing tells whether they are there already, and the collection is not empty. */
  readonly skipped: number
}

export interface SeedOptions {
  /** Leave collections alone that have documents. */
  readonly ifEmpty: boolean
}

/**
 * Writes seeds, all of them or none, so that doing it again duplicates nothing. A document is recognised by its key, or by a unique field; one that is there
 * gets the fields of the seed, and keeps the others. A document with neither is written only while its collection is empty.
 */
export async function applySeeds(
  project: Project,
  files: readonly SeedFile[],
  { ifEmpty }: SeedOptions,
): Promise<readonly SeededCollection[]> {
  try {
    // All of them are read before the first is written: a mistake in the last line of the last file leaves nothing behind.
    const seeds = await readSeeds(project, files)
    const missing: CollectionRow[] = []
    const updates: SeedWrite[] = []
    const results: SeededCollection[] = []
    const collections = inReferenceOrder([...seeds.keys()])
    for (const collection of collections) {
      const rows = seeds.get(collection) ?? []
      const isEmpty = await hasNone(project, collection)
      if (ifEmpty && !isEmpty) continue
      const found = isEmpty
        ? { existing: [], missing: rows, unknown: 0 }
        : await findExisting(project, collection, rows)
      for (const row of found.missing) missing.push(row)
      for (const one of found.existing) updates.push(updateOf(one))
      const [created, updated] = [found.missing.length, found.existing.length]
      results.push({ collection: collection.name, created, updated, skipped: found.unknown })
    }
    const creates: SeedWrite[] = []
    for await (const rows of waitForReferences(oneBatch(missing), { collections, inOrder: true }).rows)
      for (const row of rows) creates.push({ row, operation: { op: 'create', data: row.document } })
    await writeSeeds(project, [...creates, ...updates])
    return results
  } catch (error) {
    throw error instanceof RowError ? located(error) : error
  }
}

/** The rows of all files by collection; each names its file. */
async function readSeeds(
  project: Project,
  files: readonly SeedFile[],
): Promise<ReadonlyMap<Collection, readonly CollectionRow[]>> {
  const seeds = new Map<Collection, CollectionRow[]>()
  for (const file of files) {
    for (const { collection, rows } of inFile(file, () => readSeed(file, project.schema))) {
      const all = seeds.get(collection) ?? []
      seeds.set(collection, all)
      for await (const batch of rowsOfFile(file.label, rowsOf(collection, rows))) for (const row of batch) all.push(row)
    }
  }
  return seeds
}

async function hasNone(project: Project, { name }: Collection): Promise<boolean> {
  const page = (await callProject(project, `/api/collections/${name}?limit=1`)) as { docs: readonly unknown[] }
  return page.docs.length === 0
}

function updateOf({ row, key }: ExistingRow): SeedWrite {
  const { [row.collection.primaryKey.name]: _key, ...data } = row.document
  return { row, operation: { op: 'update', id: key, data } }
}

async function* oneBatch(rows: readonly CollectionRow[]): AsyncGenerator<readonly CollectionRow[]> {
  yield rows
}

function inFile<T>(file: SeedFile, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof RowError ? error.inFile(file.label) : error
  }
}

function located(error: RowError): CommandError {
  return new CommandError(`${error.file}:${error.line} ${error.message}`, {
    advice: 'Fix the file and seed again: nothing is written twice.',
    cause: error,
  })
}
