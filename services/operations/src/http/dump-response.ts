import { AppError, documentRead } from '@koyalite/contracts'
import type { ApiRequest } from '@koyalite/kernel'
import { type ListQuery, parseListQuery, READ_ALL } from '@koyalite/query'
import { type DUMP_FORMATS, type Dump, dumpDatabase } from '../operations/dump-database'
import type { OperationsContext } from '../operations-context'

export interface DumpQuery {
  readonly format: (typeof DUMP_FORMATS)[number]
  /** By name; none: all. */
  readonly collection: readonly string[]
  readonly filter: readonly string[]
  readonly where?: string | undefined
  /** JSON: what `$1`, `$2` … of `where` stand for. */
  readonly params?: string | undefined
  readonly frames: boolean
}

/**
 * SQL, or one collection: the text itself. Several collections as NDJSON or CSV: lines `{"collection","text"}`, for clients that write each to a file of
 * its own; one response, because only that is of one moment.
 */
export async function dumpResponse(
  context: OperationsContext,
  request: ApiRequest,
  { format, collection: collections, filter, where, params, frames }: DumpQuery,
): Promise<Response> {
  const inFrames = format !== 'sql' && frames
  if (format === 'csv' && !inFrames && collections.length !== 1) {
    throw new AppError('INVALID_REQUEST', 'A CSV dump holds one collection: choose it with collection=.')
  }
  await recordExport(context, request, format === 'sql' ? [] : collections)
  const chosen = collections.length === 0 ? {} : { collections }
  const query = filteredQuery(context, { collections, filter, where, params })
  const dump = await dumpDatabase(context, { format, ...chosen, ...(query && { query }) })
  return new Response(streamOf(dump, inFrames), {
    status: 200,
    headers: {
      'content-type': inFrames ? 'application/x-ndjson' : TYPES[format],
      'koyalite-dump-seq': String(dump.seq),
      ...(dump.unlike.length > 0 && { 'koyalite-dump-unlike': headerText(dump.unlike) }),
    },
  })
}

const TYPES = { sql: 'application/sql', ndjson: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' } as const

/** Which documents of the only collection are asked for, by parameters as lists have them; null: all. */
function filteredQuery(
  { schema }: OperationsContext,
  {
    collections,
    filter,
    where,
    params: values,
  }: { collections: readonly string[] } & Pick<DumpQuery, 'filter' | 'where' | 'params'>,
): ListQuery | null {
  const params = new URLSearchParams(filter.map((one): [string, string] => ['filter', one]))
  if (where !== undefined) params.set('where', where)
  if (values !== undefined) params.set('params', values)
  if (params.size === 0) return null
  const collection = collections.length === 1 ? schema.collections.get(collections[0] ?? '') : undefined
  if (collection === undefined) {
    throw new AppError(
      'INVALID_REQUEST',
      'A filter is about the documents of one collection: choose it with collection=.',
    )
  }
  return parseListQuery(schema, collection, params, READ_ALL, { auth: null, now: new Date().toISOString() })
}

/** A list of lines as a header can have it: JSON in ASCII, some of them where there are many. */
function headerText(lines: readonly string[]): string {
  const some = lines.slice(0, 10).map((line) => line.slice(0, 150))
  return JSON.stringify(some).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Recorded before anything is sent: of collections that are marked `audit: true`. @param chosen by name; none: all */
async function recordExport(context: OperationsContext, request: ApiRequest, chosen: readonly string[]): Promise<void> {
  const read = [...context.schema.collections.values()].filter(
    ({ audit, name }) => audit && (chosen.length === 0 || chosen.includes(name)),
  )
  if (read.length === 0) return
  const { actor, ip, id: requestId, query } = request
  await context.database.write((tx) => {
    for (const { name: collection } of read) {
      const event = { how: 'exported', collection, query: query.toString(), documents: null } as const
      context.audit.record(tx, documentRead({ actor, ip, requestId }, event))
    }
  })
}

function streamOf(dump: Dump, inFrames: boolean): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const next = await dump.texts.next()
      if (next.done === true) return controller.close()
      controller.enqueue(encoder.encode(inFrames ? `${JSON.stringify(next.value)}\n` : next.value.text))
    },
    cancel: () => dump.stop(),
  })
}
