import type { Collection } from '@koyalite/schema'
import { progressBar } from '../progress-bar'
import type { Project } from '../project'
import { type CollectionRow, rowsNamingTheirs, rowsOf, rowsOfFile } from './collection-rows'
import type { FieldMap } from './field-map'
import { documents, importFailure } from './import-failure'
import { type Input, openInput } from './open-input'
import { type Format, readRows } from './read-rows'
import { SendError, sendRows } from './send-rows'
import { skipRows } from './skip-rows'
import { type ExpectedCollections, waitForReferences } from './wait-for-references'

export interface ImportJob {
  readonly project: Project
  /** One after the other. */
  readonly sources: readonly ImportSource[]
  readonly fieldMap: FieldMap
  /** Between the cells of CSV files; without it the one of their format. */
  readonly delimiter?: string | undefined
  readonly mode: 'insert' | 'upsert'
  /** Whether what is written is events. */
  readonly events: boolean
  /** Documents to leave out at the beginning. */
  readonly skip: number
}

export interface ImportSource {
  /** `-` is stdin. */
  readonly path: string
  readonly format: Format
  /** Null: each line says which one it is of. */
  readonly collection: Collection | null
}

/** Writes the documents of files; returns how many, by collection. Throws a CommandError that says which lines are wrong, and what is written. */
export async function importFiles(job: ImportJob): Promise<ReadonlyMap<string, number>> {
  const { project, mode, events, skip } = job
  const sources = job.sources.map((source) => ({ ...source, input: openInput(source.path) }))
  const bar = progressBar(sources.reduce((sum, { input }) => sum + input.size, 0))
  const written = new Map<string, number>()
  const rows = waitForReferences(skipRows(allRows(job, sources), skip), expectedOf(job))
  try {
    await sendRows(rows.rows, {
      project,
      mode,
      events,
      onWritten({ total, collection, count }) {
        written.set(collection, (written.get(collection) ?? 0) + count)
        const read = sources.reduce((sum, { input }) => sum + input.read(), 0)
        bar.update(read, documents(total))
      },
    })
    return written
  } catch (error) {
    if (!(error instanceof SendError)) throw error
    const [only] = sources
    const file = sources.length === 1 && only ? nameOf(only) : 'the files'
    throw importFailure(error, { file, skipped: skip, reordered: sources.length > 1 || rows.reordered() })
  } finally {
    bar.end()
  }
}

async function* allRows(
  { project, fieldMap, delimiter }: ImportJob,
  sources: readonly (ImportSource & { readonly input: Input })[],
): AsyncGenerator<readonly CollectionRow[]> {
  for (const source of sources) {
    const { collection, format, input } = source
    const read = readRows({ bytes: input.bytes, format, collection, fieldMap, delimiter })
    const rows = collection === null ? rowsNamingTheirs(project.schema, read) : rowsOf(collection, read)
    yield* rowsOfFile(nameOf(source), rows)
  }
}

function expectedOf({ project, sources }: ImportJob): ExpectedCollections {
  const named = sources.map(({ collection }) => collection).filter((collection) => collection !== null)
  return named.length === sources.length
    ? { collections: named, inOrder: true }
    : { collections: [...project.schema.collections.values()], inOrder: false }
}

function nameOf({ path }: ImportSource): string {
  return path === '-' ? 'stdin' : path
}
