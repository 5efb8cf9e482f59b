import { AppError } from '@koyalite/contracts'
import type { ApiRequest, ApiResponse, Route } from '@koyalite/kernel'
import { oneStep } from '@koyalite/sqlite'
import { type Answer, answerHeaders, commitAnswer } from './commit-answer'
import { callerOf, type DataContext } from './data-context'
import { numbersOfBatch, numbersOfDocuments } from './document-numbers'
import { etagOf, matchesTag } from './etag'
import { createDocument } from './operations/create-document'
import { deleteDocument } from './operations/delete-document'
import { type FoundDocument, getDocument } from './operations/get-document'
import {
  IMPORT_BODY_LIMIT,
  importAnswer,
  importDocuments,
  importOperations,
  importQuery,
} from './operations/import-documents'
import { listDocuments } from './operations/list-documents'
import { replaceDocument } from './operations/replace-document'
import { createDocuments, runBatch } from './operations/run-batch'
import { updateDocument } from './operations/update-document'
import type { Written } from './operations/write-step'

/** REST over the collections of the loaded schema. */
export function dataRoutes(context: DataContext): readonly Route[] {
  return [
    { method: 'GET', path: '/api/collections/:collection', handle: (request) => list(context, request) },
    { method: 'POST', path: '/api/collections/:collection', handle: (request) => create(context, request) },
    { method: 'GET', path: '/api/collections/:collection/:id', handle: (request) => get(context, request) },
    { method: 'PATCH', path: '/api/collections/:collection/:id', handle: (request) => patch(context, request) },
    { method: 'PUT', path: '/api/collections/:collection/:id', handle: (request) => put(context, request) },
    { method: 'DELETE', path: '/api/collections/:collection/:id', handle: (request) => remove(context, request) },
    { method: 'POST', path: '/api/batch', handle: (request) => batch(context, request) },
    {
      method: 'POST',
      path: '/api/admin/import/:collection',
      summary: 'Store the documents of an NDJSON body, all or none',
      query: importQuery,
      responses: { 200: importAnswer },
      bodyLimit: IMPORT_BODY_LIMIT,
      handle: (request) => importDocuments(context, callerOf(context, request), request),
    },
    {
      method: 'POST',
      path: '/api/admin/import',
      summary: 'Run the operations of an NDJSON body, written as in a batch, all or none',
      responses: { 200: importAnswer },
      bodyLimit: IMPORT_BODY_LIMIT,
      handle: (request) => importOperations(context, callerOf(context, request), request),
    },
  ]
}

async function list(context: DataContext, request: ApiRequest): Promise<ApiResponse> {
  const { body, seq, resume } = await listDocuments(
    context,
    callerOf(context, request),
    param(request, 'collection'),
    request.query,
  )
  const headers = answerHeaders(context, seq)
  return { status: 200, body, headers: resume === null ? headers : { ...headers, 'koyalite-resume': resume } }
}

function get(context: DataContext, request: ApiRequest): ApiResponse | Promise<ApiResponse> {
  const [collection, id] = [param(request, 'collection'), documentKey(request)]
  const found = getDocument(context, callerOf(context, request), collection, id, request.query)
  return found instanceof Promise
    ? found.then((later) => foundAnswer(context, request, later))
    : foundAnswer(context, request, found)
}

function foundAnswer(context: DataContext, request: ApiRequest, { document, etag }: FoundDocument): ApiResponse {
  const headers = answerHeaders(context, context.database.feed.lastSeq, etag)
  const known = request.headers.get('if-none-match')
  // The tag is that of the document alone: what was expanded may have changed without it.
  if (known !== null && !request.query.has('expand') && matchesTag(known, etag))
    return { status: 304, body: null, headers }
  return { status: 200, body: document, headers }
}

async function create(context: DataContext, request: ApiRequest): Promise<ApiResponse> {
  const collection = param(request, 'collection')
  const body = await request.json(numbersOfDocuments(context, collection))
  const caller = callerOf(context, request)
  return commitAnswer(context, request, body, () => {
    if (!Array.isArray(body)) {
      const step = createDocument(context, caller, collection, body)
      return oneStep((tx) => documentAnswer(step(tx)))
    }
    context.charge(request, body.length - 1)
    const step = createDocuments(context, caller, collection, body)
    return function* (tx) {
      const documents = yield* step.run(tx)
      return { status: 201, body: `{"docs":[${documents.join(',')}]}` }
    }
  })
}

async function patch(context: DataContext, request: ApiRequest): Promise<ApiResponse> {
  const data = await request.json(numbersOfDocuments(context, param(request, 'collection')))
  const caller = callerOf(context, request)
  return commitAnswer(context, request, data, () => {
    const step = updateDocument(context, caller, { ...target(request), data })
    return oneStep((tx) => documentAnswer(step(tx)))
  })
}

async function put(context: DataContext, request: ApiRequest): Promise<ApiResponse> {
  const data = await request.json(numbersOfDocuments(context, param(request, 'collection')))
  const caller = callerOf(context, request)
  return commitAnswer(context, request, data, () => {
    const ifNoneMatch = request.headers.get('if-none-match')
    const step = replaceDocument(context, caller, { ...target(request), data, ifNoneMatch })
    return oneStep((tx) => documentAnswer(step(tx)))
  })
}

function remove(context: DataContext, request: ApiRequest): Promise<ApiResponse> {
  const caller = callerOf(context, request)
  return commitAnswer(context, request, null, () => {
    const step = deleteDocument(context, caller, target(request))
    return oneStep((tx) => documentAnswer(step(tx)))
  })
}

async function batch(context: DataContext, request: ApiRequest): Promise<ApiResponse> {
  const body = await request.json(numbersOfBatch(context))
  const caller = callerOf(context, request)
  return commitAnswer(context, request, body, () => {
    const step = runBatch(context, caller, body)
    context.charge(request, step.operations - 1)
    return function* (tx) {
      const results = yield* step.run(tx)
      return { status: 200, body: `{"results":[${results.map((document) => document ?? 'null').join(',')}]}` }
    }
  })
}

function documentAnswer({ status, document }: Written): Answer {
  return document === null ? { status, body: null } : { status, body: document, etag: etagOf(document) }
}

function target(request: ApiRequest): { collection: string; id: string; ifMatch: string | null } {
  return {
    collection: param(request, 'collection'),
    id: documentKey(request),
    ifMatch: request.headers.get('if-match'),
  }
}

/**
 * The key as it stands in the path. `~<key>` is always the document with that key: for keys that are a word of the API (`/:c/live`), and for those that
 * begin with `~`.
 */
function documentKey(request: ApiRequest): string {
  const text = param(request, 'id')
  return text.startsWith('~') ? text.slice(1) : text
}

function param(request: ApiRequest, name: string): string {
  const value = request.params[name]
  if (value === undefined) throw new AppError('INTERNAL', `Route without parameter '${name}'`)
  return value
}
