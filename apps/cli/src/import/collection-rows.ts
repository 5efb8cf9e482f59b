import { didYouMean } from '@koyalite/contracts'
import type { Collection, Schema } from '@koyalite/schema'
import { type RowBatches, RowError, requireFloats, requireObject, type SourceRow } from './source-row'

/** A document with the collection that it goes to, and the file that it is of if there are several. */
export interface CollectionRow extends SourceRow {
  readonly collection: Collection
  readonly file?: string
}

/** Rows of a file; what is wrong with them names it. */
export async function* rowsOfFile(
  file: string,
  batches: CollectionRowBatches,
): AsyncGenerator<readonly CollectionRow[]> {
  try {
    for await (const rows of batches) yield rows.map((row) => ({ ...row, file }))
  } catch (error) {
    throw error instanceof RowError ? error.inFile(file) : error
  }
}

export type CollectionRowBatches = AsyncIterable<readonly CollectionRow[]>

/** All rows go to one collection. */
export async function* rowsOf(collection: Collection, batches: RowBatches): AsyncGenerator<readonly CollectionRow[]> {
  for await (const rows of batches) yield rows.map((row) => ofCollection(collection, row))
}

/** Rows `{"collection","document"}`, as a dump of several collections has them. Throws a RowError at any other. */
export async function* rowsNamingTheirs(schema: Schema, batches: RowBatches): AsyncGenerator<readonly CollectionRow[]> {
  for await (const rows of batches) yield rows.map((row) => unwrapped(schema, row))
}

function ofCollection(collection: Collection, row: SourceRow): CollectionRow {
  requireFloats(collection, row)
  return { ...row, collection }
}

function unwrapped({ collections }: Schema, { line, document, nearest = [] }: SourceRow): CollectionRow {
  const { collection: name, document: inner, ...rest } = document
  if (typeof name !== 'string' || Object.keys(rest).length > 0) {
    throw new RowError(line, 'is not {"collection","document"}; to import a single collection, name it before the file')
  }
  const collection = collections.get(name)
  if (collection === undefined) {
    throw new RowError(
      line,
      `names the collection '${name}', which schema.yaml does not have${didYouMean(name, collections.keys())}`,
    )
  }
  const numbers = nearest.map((number) => ({ ...number, path: number.path.slice(1) }))
  return ofCollection(collection, { line, document: requireObject(line, inner), nearest: numbers })
}
