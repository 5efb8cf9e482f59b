import { byRules } from '@koyalite/access'
import { AppError, formatSeq } from '@koyalite/contracts'
import { type ApiRequest, type ApiResponse, etagOf, type HttpMethod, type Route } from '@koyalite/kernel'
import type { DataContext } from '../../data-context'
import { documentHeaders, minimalResponse, writeHeaders, writeResponse } from '../../http/document-response'
import { overridable, requireNoOverride } from '../../http/overridden-write'
import { prefersMinimal } from '../../http/prefer'
import { callerOf } from '../../http/request-caller'
import type { ChargeOperations } from '../../http/write-documents'
import type { WriteOutcome } from '../../operations/write-outcome'
import type { OpenTransactions } from '../open-transactions'
import type { Asker, TransactionMode, TransactionRead } from '../transaction'
import { documentRead, listRead } from './transaction-reads'
import { type AskedWrite, createWrite, deleteWrite, patchWrite, putWrite } from './transaction-writes'

const TRANSACTIONS = '/internal/v1/transactions'
const ONE = `${TRANSACTIONS}/:transaction`
const COLLECTION = `${ONE}/api/collections/:collection`

/** Transactions, for the code of functions: services/functions/PROTOCOL.md. */
export function transactionRoutes(
  context: DataContext,
  open: OpenTransactions,
  charge: ChargeOperations,
): readonly Route[] {
  const read = (request: ApiRequest, asked: TransactionRead) => answerRead(context, open, { request, asked })
  const write = (request: ApiRequest, asked: AskedWrite) => answerWrite(context, open, { request, asked })
  return [
    internal('POST', TRANSACTIONS, (request) => begin(open, request)),
    internal('POST', `${ONE}/commit`, (request) => commit(context, open, request)),
    internal('POST', `${ONE}/:operation`, (request) => runOperation(context, open, request)),
    internal('DELETE', ONE, (request) => rollBack(context, open, request)),
    internal('GET', COLLECTION, (request) => read(request, listRead(request))),
    internal('POST', COLLECTION, async (request) => write(request, await createWrite(context, request, charge))),
    internal('GET', `${COLLECTION}/aggregate`, refuseAggregate),
    internal('GET', `${COLLECTION}/:id`, (request) => read(request, documentRead(request))),
    internal('PATCH', `${COLLECTION}/:id`, async (request) => write(request, await patchWrite(context, request))),
    internal('PUT', `${COLLECTION}/:id`, async (request) => write(request, await putWrite(context, request))),
    internal('DELETE', `${COLLECTION}/:id`, (request) => write(request, deleteWrite(request))),
  ]
}

async function begin(open: OpenTransactions, request: ApiRequest): Promise<ApiResponse> {
  const body = (await request.json()) as { readonly mode?: unknown } | null
  const mode = body?.mode ?? 'optimistic'
  if (!isMode(mode)) throw new AppError('INVALID_REQUEST', "'mode' must be 'optimistic' or 'exclusive'.")
  const id = await open.begin(open.ownerOf(request.headers), mode)
  return { status: 201, body: JSON.stringify({ id }) }
}

async function commit(context: DataContext, open: OpenTransactions, request: ApiRequest): Promise<ApiResponse> {
  const asker = askerOf(context, request)
  const { headers } = request
  const last = Object.entries(await commitBody(request)).flatMap(([name, body]) =>
    body === false ? [] : [open.operation(name, headers, body)],
  )
  const seq = await open.end(open.ownerOf(headers), idOf(request), (transaction) => transaction.commit(asker, last))
  return { status: 200, body: JSON.stringify({ seq: formatSeq(context.database.feed.epoch, seq) }) }
}

async function commitBody(request: ApiRequest): Promise<object> {
  if (!request.headers.has('content-type')) return {}
  const body: unknown = await request.json()
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
  throw new AppError('INVALID_REQUEST', 'The body of a commit must be an object.')
}

async function runOperation(context: DataContext, open: OpenTransactions, request: ApiRequest): Promise<ApiResponse> {
  const { headers, params } = request
  const asker = askerOf(context, request)
  const operation = open.operation(params.operation ?? '', headers, await request.json())
  return open.use(open.ownerOf(headers), idOf(request), async (transaction) => ({
    status: 201,
    body: JSON.stringify(await transaction.run(asker, operation)),
  }))
}

/** Of one that is not open there is nothing to roll back. */
async function rollBack(context: DataContext, open: OpenTransactions, request: ApiRequest): Promise<ApiResponse> {
  const [owner, id, asker] = [open.ownerOf(request.headers), idOf(request), askerOf(context, request)]
  if (open.isOpen(owner, id)) await open.end(owner, id, (transaction) => transaction.rollBack(asker))
  return { status: 204, body: null }
}

interface Asked<Operation> {
  readonly request: ApiRequest
  readonly asked: Operation
}

async function answerRead(
  context: DataContext,
  open: OpenTransactions,
  { request, asked }: Asked<TransactionRead>,
): Promise<ApiResponse> {
  const asker = askerOf(context, request)
  return open.use(open.ownerOf(request.headers), idOf(request), async (transaction) => {
    const { text, whole } = await transaction.read(asker, asked)
    const etag = whole === null ? undefined : etagOf(whole)
    return { status: 200, body: text, headers: documentHeaders(context, transaction.lastSeq(asker), etag) }
  })
}

async function answerWrite(
  context: DataContext,
  open: OpenTransactions,
  { request, asked }: Asked<AskedWrite>,
): Promise<ApiResponse> {
  const asker = askerOf(context, request)
  const op = asked.name.slice(asked.collection.length + 1)
  requireNoOverride(context, callerOf(context, request), overridable({ collection: asked.collection, op }))
  return open.use(open.ownerOf(request.headers), idOf(request), async (transaction) => {
    const outcomes = await transaction.write(asker, asked)
    const written = { seq: transaction.lastSeq(asker) }
    if (asked.isMany) {
      const texts = outcomes.map(({ document }) => document)
      return { status: 201, body: `{"docs":[${texts.join(',')}]}`, headers: writeHeaders(context, written) }
    }
    const value = outcomes[0] as WriteOutcome
    if (!prefersMinimal(request.headers)) return writeResponse(context, { ...written, value })
    const caller = callerOf(context, request)
    return minimalResponse(context, { ...written, value }, { caller, collection: asked.collection })
  })
}

function refuseAggregate(): never {
  throw new AppError('INVALID_REQUEST', 'A transaction has no aggregates: ask before it, or list the documents.')
}

function askerOf(context: DataContext, request: ApiRequest): Asker {
  return { context, actor: request.actor, as: (now, actor) => callerOf(now, request, actor) }
}

function idOf(request: ApiRequest): string {
  return request.params.transaction ?? ''
}

function isMode(mode: unknown): mode is TransactionMode {
  return mode === 'optimistic' || mode === 'exclusive'
}

function internal(
  method: HttpMethod,
  path: string,
  handle: (request: ApiRequest) => ApiResponse | Promise<ApiResponse>,
): Route {
  return { method, path, access: byRules, handle }
}
