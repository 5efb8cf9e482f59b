import { ApiError, callProject, type Project } from '../project'
import type { CollectionRow, CollectionRowBatches } from './collection-rows'
import { RowError } from './source-row'

/** How much one request brings: the server writes all of it or nothing. */
export interface ChunkSize {
  readonly rows: number
  readonly characters: number
}

const SMALL_CHUNKS: ChunkSize = { rows: 2000, characters: 1_000_000 }

export interface SendOptions {
  readonly project: Project
  readonly mode: 'insert' | 'upsert'
  /** Whether what is written is events; by default it is. */
  readonly events?: boolean
  /** Default: small ones, so that progress shows and memory stays flat. */
  readonly chunks?: ChunkSize
  /** Called after every written chunk: `total` documents have been written so far, the last `count` of them into this collection. */
  readonly onWritten: (written: { readonly total: number; readonly collection: string; readonly count: number }) => void
}

/** What ended an import before its end. */
export class SendError extends Error {
  override readonly name = 'SendError'
  /** How many documents were written: the first ones of the file, none after them. */
  readonly written: number
  /** One for each thing that is wrong; RowErrors where it is known in which row. */
  readonly causes: readonly Error[]

  constructor(written: number, causes: readonly Error[]) {
    super(causes[0]?.message)
    this.written = written
    this.causes = causes
  }
}

/**
 * Writes documents in chunks, in order; returns how many. The next chunk is read and encoded while the last one is being written, but is sent
 * only after it: what was written is always a prefix. Throws a SendError.
 */
export async function sendRows(rows: CollectionRowBatches, options: SendOptions): Promise<number> {
  let written = 0
  let sending: Promise<void> = Promise.resolve()
  const send = async (chunk: EncodedChunk): Promise<void> => {
    await postChunk(options, chunk)
    written += chunk.rows.length
    options.onWritten({ total: written, collection: chunk.collection, count: chunk.rows.length })
  }
  try {
    for await (const chunk of encodedChunks(rows, options.chunks ?? SMALL_CHUNKS)) {
      await sending
      sending = send(chunk)
      // Its failure is met at the next `await sending`; until then it must not count as unhandled.
      sending.catch(() => {})
    }
    await sending
    return written
  } catch (error) {
    // Reading may have failed while a chunk was on its way; whether that one was written decides the count.
    const failure = await sending.then(
      () => error,
      (sendFailure: unknown) => sendFailure,
    )
    throw new SendError(written, failure instanceof AggregateError ? failure.errors : [failure as Error])
  }
}

interface EncodedChunk {
  readonly collection: string
  readonly rows: CollectionRow[]
  body: string
}

async function* encodedChunks(batches: CollectionRowBatches, size: ChunkSize): AsyncGenerator<EncodedChunk> {
  let chunk: EncodedChunk | null = null
  try {
    for await (const rows of batches) {
      for (const row of rows) {
        const text = `${JSON.stringify(row.document)}\n`
        if (chunk === null || isFull(chunk, size, { row, text })) {
          if (chunk !== null) yield chunk
          chunk = { collection: row.collection.name, rows: [], body: '' }
        }
        chunk.rows.push(row)
        chunk.body += text
      }
    }
  } catch (error) {
    // Everything before the row that cannot be read is written, so that "up to line n" is true.
    if (chunk !== null) yield chunk
    throw error
  }
  if (chunk !== null) yield chunk
}

function isFull(
  { collection, rows, body }: EncodedChunk,
  size: ChunkSize,
  next: { readonly row: CollectionRow; readonly text: string },
): boolean {
  if (collection !== next.row.collection.name || rows.length >= size.rows) return true
  return body.length + next.text.length > size.characters
}

async function postChunk(
  { project, mode, events = true }: SendOptions,
  { collection, rows, body }: EncodedChunk,
): Promise<void> {
  try {
    await callProject(project, `/api/admin/import/${collection}?mode=${mode}&events=${events}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body,
    })
  } catch (error) {
    throw error instanceof ApiError ? new AggregateError(rowErrors(error, rows)) : error
  }
}

/** The server counts documents from 0 (`<index>.<field>`); people count lines of their file. */
function rowErrors(error: ApiError, chunk: readonly CollectionRow[]): readonly Error[] {
  const located = error.details.flatMap(({ field, message }) => {
    const [, index, name = ''] = /^(\d+)(?:\.(.*))?$/.exec(field) ?? []
    const row = index === undefined ? undefined : chunk[Number(index)]
    if (row === undefined) return []
    return [
      new RowError(row.line, message.replace(`${field} `, name === '' ? '' : `${name} `), {
        cause: error,
        file: row.file,
      }),
    ]
  })
  if (located.length > 0) return located
  const row = error.operation === undefined ? undefined : chunk[error.operation]
  return row === undefined ? [error] : [new RowError(row.line, error.message, { cause: error, file: row.file })]
}
