import { byRules, OPERATORS_DATA } from '@koyalite/access'
import { AppError, formatSeq } from '@koyalite/contracts'
import { queryFlag, type Route, route } from '@koyalite/kernel'
import { compileList, type ListQuery } from '@koyalite/query'
import type { Field } from '@koyalite/schema'
import type { TextStream } from '@koyalite/sqlite'
import { z } from 'zod'
import { auditedReads, recordReads } from '../audit/audited-read'
import { type DataContext, modelOf } from '../data-context'
import { requireListable } from '../operations/list-documents'
import { EXPORT_FORMATS, exportedLines } from '../store/exported-lines'
import { parseListRead } from './list-query'
import { callerOf } from './request-caller'

const TYPES = {
  csv: 'text/csv; charset=utf-8',
  tsv: 'text/tab-separated-values; charset=utf-8',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
} as const

/** A list as a file, however long it is: read in a process of its own, of one state of the database. */
export function exportRoute(context: DataContext): Route {
  return route({
    method: 'GET',
    path: `${OPERATORS_DATA}export/:collection`,
    name: 'exportDocuments',
    summary: 'Export the documents of a list as a file',
    access: byRules,
    query: z.strictObject({
      format: z.enum(EXPORT_FORMATS).default('csv'),
      fields: z.string().optional(),
      filter: z.array(z.string()).optional(),
      where: z.string().optional(),
      params: z.string().optional(),
      sort: z.string().optional(),
      escape_formulas: queryFlag
        .default(false)
        .describe('In CSV and TSV: a quote before texts that spreadsheets would run as formulas.'),
    }),
    responses: { 200: { mediaType: 'application/octet-stream' } },
    async handle({ params: { collection: name }, query: { format, escape_formulas }, request }) {
      const caller = callerOf(context, request)
      const params = new URLSearchParams(request.query)
      for (const own of ['format', 'escape_formulas']) params.delete(own)
      const { query, asked } = parseListRead(context, caller, { collection: name, params })
      requireListable(caller, query.collection)
      const list = compileList(context.schema, { ...query, limit: MAX_EXPORTED }, caller.access.read)
      const walk = list.walk && caller.access.bind(list.walk)
      const documents = walk === null || context.database.sorts(walk) ? caller.access.bind(list.page) : walk
      const lines = exportedLines({
        ...{ documents, format, sortKeys: query.sort.length, escapesFormulas: escape_formulas },
        fields: exportedFields(context, query, params),
      })
      if (context.audited.shownBy.has(query.collection.name)) {
        await recordReads(context, caller, auditedReads(context, query, { how: 'listed', asked, keys: [], texts: [] }))
      }
      const stream = await context.database.stream(lines.map((sql) => caller.access.bind(sql)))
      return new Response(bytesOf(stream), {
        headers: {
          'content-type': TYPES[format],
          'content-disposition': `attachment; filename="${query.collection.name}.${format}"`,
          'koyalite-seq': formatSeq(context.database.feed.epoch, stream.seq),
        },
      })
    },
  })
}

/** There is no limit but that of the page's statement, which adds one. */
const MAX_EXPORTED = Number.MAX_SAFE_INTEGER - 1

/** In the order in which they are asked for, else in that of the schema. */
function exportedFields(
  context: DataContext,
  { collection, projection }: ListQuery,
  params: URLSearchParams,
): readonly Field[] {
  if (projection.expand.length > 0) throw new AppError('INVALID_REQUEST', 'An export has fields of the documents only.')
  const { fields } = modelOf(context, collection.name)
  const named = params.get('fields')?.split(',')
  if (named === undefined) return fields.filter(({ internal }) => !internal)
  return named.flatMap((name) => collection.fields.get(name.trim()) ?? [])
}

function bytesOf({ portions, stop }: TextStream): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const next = await portions.next()
      if (next.done === true) return controller.close()
      controller.enqueue(encoder.encode(next.value.text))
    },
    cancel: () => stop(),
  })
}
