import { OPERATORS_DATA } from '@koyalite/access'
import { type ApiRequest, type ApiResponse, deniedCall, etagOf } from '@koyalite/kernel'
import { parseGetQuery, queryShape } from '@koyalite/query'
import type { DataContext } from '../data-context'
import { aggregateDocuments } from '../operations/aggregate-documents'
import { type FoundDocument, getDocument } from '../operations/get-document'
import { reportHidden } from '../operations/hidden-document'
import { listDocuments } from '../operations/list-documents'
import { requireVisible, targetDocument } from '../operations/target-document'
import { documentHeaders } from './document-response'
import { matchesTag } from './etag'
import { parseAggregateRead, parseListRead } from './list-query'
import { pageText } from './page-text'
import { callerOf } from './request-caller'
import { collectionName, documentName } from './route-parameters'

export async function list(context: DataContext, request: ApiRequest): Promise<ApiResponse> {
  const caller = callerOf(context, request)
  const read = parseListRead(context, caller, {
    collection: collectionName(request),
    params: request.query,
    takesPreview: request.path.startsWith(OPERATORS_DATA),
  })
  request.reportQuery(queryShape(read.query))
  const page = await listDocuments(context, caller, read)
  if (page.docs.length === 0 && context.denials !== null) void reportHidden(context, read.query, deniedCall(request))
  const headers = documentHeaders(context, page.seq)
  if (page.resume !== null) headers['koyalite-resume'] = page.resume
  return { status: 200, body: pageText(page), headers }
}

export async function aggregate(context: DataContext, request: ApiRequest): Promise<ApiResponse> {
  const caller = callerOf(context, request)
  const read = parseAggregateRead(context, caller, { collection: collectionName(request), params: request.query })
  request.reportQuery(queryShape(read.query))
  const { groups, seq } = await aggregateDocuments(context, caller, read)
  // Without keys there is a group of nothing.
  const mayBeEmpty = groups.length === 0 || read.query.keys.length === 0
  if (mayBeEmpty && context.denials !== null) void reportHidden(context, read.query, deniedCall(request))
  return { status: 200, body: `{"groups":[${groups.join(',')}]}`, headers: documentHeaders(context, seq) }
}

export function get(context: DataContext, request: ApiRequest): ApiResponse | Promise<ApiResponse> {
  const caller = callerOf(context, request)
  const target = targetDocument(context, caller, documentName(request))
  // Before the parameters are parsed: their errors would reveal that the document exists.
  requireVisible(target, 'read')
  const query = parseGetQuery(context.schema, target.model.collection, request.query, caller.access.read)
  const asked = request.query.size === 0 ? null : request.query.toString()
  const found = getDocument(target, { query, asked })
  return found instanceof Promise
    ? found.then((later) => respond(context, request, later))
    : respond(context, request, found)
}

function respond(context: DataContext, request: ApiRequest, { document, whole }: FoundDocument): ApiResponse {
  const etag = etagOf(whole)
  const headers = documentHeaders(context, context.database.feed.lastSeq, etag)
  const known = request.headers.get('if-none-match')
  // The tag covers the document only: expanded documents may have changed without it.
  if (known !== null && !request.query.has('expand') && matchesTag(known, etag))
    return { status: 304, body: null, headers }
  return { status: 200, body: document, headers }
}
