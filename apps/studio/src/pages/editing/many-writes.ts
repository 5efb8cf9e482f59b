import { type AdminApiError, errorOf } from '@koyalite/client/admin'
import { isObject, type Json, type JsonObject, parseExact, printExact } from '../../fields/exact-json'
import type { CollectionInfo } from '../../fields/field'
import type { OperatorSession } from '../../session/operator-session'
import type { ListMatch } from './edited-list'

/** More than these are written by an import, or by a bulk change. */
export const MOST_ROWS = 1000

/** Which documents a bulk write is about: those with these keys, or all that match. */
export type BulkTarget =
  | { readonly keys: readonly string[] }
  | { readonly match: ListMatch; readonly expected?: number }

export interface BulkResult {
  readonly documents: number
  readonly changes: readonly {
    readonly collection: string
    readonly inserted: number
    readonly updated: number
    readonly deleted: number
  }[]
  /** What keeps documents from being deleted. */
  readonly blocked: readonly { readonly collection: string; readonly documents: number }[]
  readonly undoable: boolean
  readonly action: string | null
  /** What ended a write in steps before its end; those until then are written. */
  readonly stopped: { readonly message: string } | null
}

export interface BulkOptions {
  /** Says what would happen, and does nothing. */
  readonly isDryRun?: boolean
  readonly inSteps?: boolean
}

/** Deletes documents, or gives them all the same values: as one action. Rejects with an AdminApiError. */
export async function writeBulk(
  session: OperatorSession,
  collection: string,
  {
    target,
    data,
    options = {},
  }: { readonly target: BulkTarget; readonly data: JsonObject | null; readonly options?: BulkOptions },
): Promise<BulkResult> {
  const which =
    'keys' in target
      ? { keys: [...target.keys] }
      : { match: { ...target.match }, ...(target.expected !== undefined && { expected: target.expected }) }
  const body = {
    operation: data === null ? 'delete' : 'update',
    ...which,
    ...(data !== null && { data }),
    dry_run: options.isDryRun ?? false,
    in_steps: options.inSteps ?? false,
  }
  const response = await send(
    session,
    `/api/admin/data/bulk/${encodeURIComponent(collection)}`,
    body as unknown as Json,
  )
  return (await response.json()) as BulkResult
}

export interface RowWrite {
  readonly key: string
  readonly values: JsonObject
}

export type ManyWritten =
  | { readonly kind: 'written'; readonly documents: readonly JsonObject[]; readonly action: string | null }
  /** Nothing was written, because of this one. */
  | { readonly kind: 'refused'; readonly index: number; readonly error: AdminApiError }

/** Changes documents, each in its own way: all of them or none, as one action. */
export function changeMany(
  session: OperatorSession,
  { name, key, fields }: CollectionInfo,
  rows: readonly RowWrite[],
): Promise<ManyWritten> {
  const isNumber = fields.find((field) => field.name === key)?.type === 'int'
  const operations = rows.map((row) => ({
    op: 'update',
    collection: name,
    id: isNumber ? Number(row.key) : row.key,
    data: row.values,
  }))
  return sendMany(session, '/api/admin/data/batch', { operations })
}

/** Makes documents: all of them or none, as one action. */
export function createMany(
  session: OperatorSession,
  collection: string,
  documents: readonly JsonObject[],
): Promise<ManyWritten> {
  return sendMany(session, `/api/admin/data/collections/${encodeURIComponent(collection)}`, documents)
}

async function sendMany(session: OperatorSession, path: string, body: Json): Promise<ManyWritten> {
  try {
    const response = await send(session, path, body)
    const answer = parseExact(await response.text())
    const list = isObject(answer) ? (answer.docs ?? answer.results) : null
    const documents = Array.isArray(list) ? list.filter(isObject) : []
    return { kind: 'written', documents, action: response.headers.get('koyalite-action') }
  } catch (error) {
    if (error instanceof RefusedRow) return { kind: 'refused', index: error.index, error: error.refusal }
    throw error
  }
}

class RefusedRow extends Error {
  readonly index: number
  readonly refusal: AdminApiError
  constructor(index: number, refusal: AdminApiError) {
    super(refusal.message)
    this.index = index
    this.refusal = refusal
  }
}

async function send(session: OperatorSession, path: string, body: Json): Promise<Response> {
  const response = await session.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: printExact(body),
  })
  if (response.ok) return response
  const operation = operationIn(await response.clone().text())
  const error = await errorOf(response)
  throw operation === null ? error : new RefusedRow(operation, error)
}

/** Which of several operations an error is about. */
function operationIn(text: string): number | null {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly operation?: unknown } }
    return typeof error?.operation === 'number' ? error.operation : null
  } catch {
    return null
  }
}

/** What the server says is wrong with a row. */
export function reasonOf(error: AdminApiError): string {
  const details = error.details.map(({ field, message }) =>
    message.includes(field) ? message : `${field}: ${message}`,
  )
  return details.length === 0 ? error.message : details.join(' ')
}
