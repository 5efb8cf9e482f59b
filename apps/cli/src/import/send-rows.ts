import { ApiError, callProject, type Project } from '../project'
import { type RowBatches, RowError, type SourceRow } from './source-row'

/** Documents of one request: the server writes all of them or none. */
const CHUNK_ROWS = 2000
const CHUNK_CHARACTERS = 1_000_000

export interface SendOptions {
  readonly project: Project
  readonly collection: string
  readonly mode: 'insert' | 'upsert'
  /** Called after every written chunk, with the number of documents written so far. */
  readonly onWritten: (written: number) => void
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
 * Writes documents in chunks, in order; gives how many. The next chunk is read and encoded while the last one is being written, but is sent
 * only after it: what was written is always a prefix. Throws a SendError.
 */
export async function sendRows(rows: RowBatches, options: SendOptions): Promise<number> {
  let written = 0
  let sending: Promise<void> = Promise.resolve()
  const send = async (chunk: readonly SourceRow[], body: string): Promise<void> => {
    await postChunk(options, chunk, body)
    written += chunk.length
    options.onWritten(written)
  }
  try {
    for await (const { chunk, body } of encodedChunks(rows)) {
      await sending
      sending = send(chunk, body)
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
  readonly chunk: readonly SourceRow[]
  readonly body: string
}

async function* encodedChunks(batches: RowBatches): AsyncGenerator<EncodedChunk> {
  let chunk: SourceRow[] = []
  let body = ''
  try {
    for await (const rows of batches) {
      for (const row of rows) {
        const text = `${JSON.stringify(row.document)}\n`
        if (chunk.length === CHUNK_ROWS || (chunk.length > 0 && body.length + text.length > CHUNK_CHARACTERS)) {
          yield { chunk, body }
          chunk = []
          body = ''
        }
        chunk.push(row)
        body += text
      }
    }
  } catch (error) {
    // Everything before the row that cannot be read is written, so that "up to line n" is true.
    if (chunk.length > 0) yield { chunk, body }
    throw error
  }
  if (chunk.length > 0) yield { chunk, body }
}

async function postChunk(
  { project, collection, mode }: SendOptions,
  chunk: readonly SourceRow[],
  body: string,
): Promise<void> {
  try {
    await callProject(project, `/api/admin/import/${collection}?mode=${mode}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body,
    })
  } catch (error) {
    throw error instanceof ApiError ? new AggregateError(rowErrors(error, chunk)) : error
  }
}

/** The server counts documents from 0 (`<index>.<field>`); people count lines of their file. */
function rowErrors(error: ApiError, chunk: readonly SourceRow[]): readonly Error[] {
  const located = error.details.flatMap(({ field, message }) => {
    const [, index, name = ''] = /^(\d+)(?:\.(.*))?$/.exec(field) ?? []
    const row = index === undefined ? undefined : chunk[Number(index)]
    if (row === undefined) return []
    return [new RowError(row.line, message.replace(`${field} `, name === '' ? '' : `${name} `), error)]
  })
  if (located.length > 0) return located
  const row = error.operation === undefined ? undefined : chunk[error.operation]
  return row === undefined ? [error] : [new RowError(row.line, error.message, error)]
}
