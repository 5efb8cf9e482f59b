import type { Collection } from '@koyalite/schema'
import { CommandError } from '../command-error'
import { rowsOf } from '../import/collection-rows'
import { importFailure } from '../import/import-failure'
import { LARGEST_CHUNKS, SendError, sendRows } from '../import/send-rows'
import { type RowBatches, RowError, requireFloats, type SourceRow } from '../import/source-row'
import { waitForReferences } from '../import/wait-for-references'
import { callProject, type Project } from '../project'
import { inReferenceOrder } from '../reference-order'
import { readSeed, type Seed } from './read-seed'
import { findExisting, updateExisting } from './seed-existing'
import type { SeedFile } from './seed-files'

export interface SeededCollection {
  readonly collection: string
  readonly created: number
  /** Were there already; the fields that the seed gives were set again. */
  readonly updated: number
  /** Nothing tells whether they are there already, and the collection is not empty. */
  readonly skipped: number
}

export interface SeedOptions {
  /** Leave collections alone that have documents. */
  readonly ifEmpty: boolean
}

/**
 * Writes seeds so that doing it again duplicates nothing. A document is recognised by its key, or by a unique field; one that is there gets the
 * fields that the seed gives, and keeps the others. A document with neither is written only while its collection is empty.
 */
export async function applySeeds(
  project: Project,
  files: readonly SeedFile[],
  { ifEmpty }: SeedOptions,
): Promise<readonly SeededCollection[]> {
  // All of them are read before the first is written: a mistake in the last line of the last file leaves nothing behind.
  const seeds: ReadSeed[] = []
  for (const file of files)
    for (const seed of inFile(file, () => readSeed(file, project.schema)))
      seeds.push({ ...seed, rows: await inSeed(seed, () => allRows(seed)) })
  const results: SeededCollection[] = []
  for (const collection of inReferenceOrder([...new Set(seeds.map((seed) => seed.collection))])) {
    const wasEmpty = await isEmpty(project, collection)
    if (ifEmpty && !wasEmpty) continue
    let total: SeededCollection = { collection: collection.name, created: 0, updated: 0, skipped: 0 }
    for (const seed of seeds.filter((one) => one.collection === collection)) {
      const counts = await inSeed(seed, () => applySeed(project, seed, wasEmpty))
      total = {
        ...total,
        created: total.created + counts.created,
        updated: total.updated + counts.updated,
        skipped: total.skipped + counts.skipped,
      }
    }
    results.push(total)
  }
  return results
}

async function isEmpty(project: Project, { name }: Collection): Promise<boolean> {
  const page = (await callProject(project, `/api/collections/${name}?limit=1`)) as { docs: readonly unknown[] }
  return page.docs.length === 0
}

type Counts = Omit<SeededCollection, 'collection'>

interface ReadSeed extends Omit<Seed, 'rows'> {
  readonly rows: readonly SourceRow[]
}

async function allRows({ collection, rows }: Seed): Promise<readonly SourceRow[]> {
  const all: SourceRow[] = []
  for await (const batch of rows) {
    for (const row of batch) {
      requireFloats(collection, row)
      all.push(row)
    }
  }
  return all
}

async function applySeed(project: Project, { collection, rows }: ReadSeed, wasEmpty: boolean): Promise<Counts> {
  const insert = (batches: RowBatches) =>
    sendRows(waitForReferences(rowsOf(collection, batches), { collections: [collection], inOrder: true }).rows, {
      project,
      mode: 'insert',
      chunks: LARGEST_CHUNKS,
      onWritten: () => {},
    })
  if (wasEmpty) return { created: await insert(oneBatch(rows)), updated: 0, skipped: 0 }
  const { existing, missing, unknown } = await findExisting(project, collection, rows)
  // New ones first: the server takes all of them or none, and of those that are there already each as often as one likes.
  const created = await insert(oneBatch(missing))
  await updateExisting(project, collection, existing)
  return { created, updated: existing.length, skipped: unknown }
}

async function* oneBatch(rows: readonly SourceRow[]): AsyncGenerator<readonly SourceRow[]> {
  yield rows
}

async function inSeed<T>({ file }: Pick<Seed, 'file'>, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw located(file, error)
  }
}

function inFile<T>(file: SeedFile, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw located(file, error)
  }
}

function located(file: SeedFile, error: unknown): unknown {
  if (error instanceof SendError) {
    const failure = importFailure(error, { file: file.label, skipped: 0, reordered: false })
    return new CommandError(failure.message, {
      advice: 'Mend the file and seed again: nothing is written twice.',
      cause: error,
    })
  }
  return error instanceof RowError
    ? new CommandError(`${file.label}:${error.line} ${error.message}`, { cause: error })
    : error
}
