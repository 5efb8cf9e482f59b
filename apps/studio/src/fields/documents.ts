import { errorOf } from '@koyalite/client/admin'
import type { OperatorSession } from '../session/operator-session'
import { isList, isObject, type Json, type JsonObject, parseExact, printExact } from './exact-json'

/** One document by its address. */
export interface DocumentRef {
  readonly collection: string
  /** As it stands in an address: text, whatever its type. */
  readonly key: string
}

export interface StoredDocument {
  readonly values: JsonObject
  /** Of these values: a write that names it is refused where the document has changed since. */
  readonly etag: string
}

export interface WrittenDocument extends StoredDocument {
  /** What the server calls this action, to take it back; null where it cannot be. */
  readonly action: string | null
}

export function keyOf(values: JsonObject, key: string): string {
  const value = values[key]
  return typeof value === 'string' ? value : printExact(value ?? null)
}

/** Reads a document whole. Rejects with an AdminApiError. */
export async function readDocument(
  session: OperatorSession,
  ref: DocumentRef,
  signal?: AbortSignal,
): Promise<StoredDocument> {
  return documentIn(await send(session, pathOf(ref), signal ? { signal } : {}))
}

/** Changes some fields. Rejects with an AdminApiError, whose status is 412 where the document is no longer that of the ETag. */
export async function changeDocument(
  session: OperatorSession,
  ref: DocumentRef,
  { values, etag }: StoredDocument,
): Promise<WrittenDocument> {
  return written(
    await send(session, pathOf(ref), { method: 'PATCH', body: printExact(values), headers: { 'if-match': etag } }),
  )
}

/** Makes a document of the fields that are given. */
export async function createDocument(
  session: OperatorSession,
  collection: string,
  values: JsonObject,
): Promise<WrittenDocument> {
  return written(await send(session, listPath(collection), { method: 'POST', body: printExact(values) }))
}

/** Returns what the server calls the action. */
export async function deleteDocument(session: OperatorSession, ref: DocumentRef): Promise<string | null> {
  return actionOf(await send(session, pathOf(ref), { method: 'DELETE' }))
}

export interface FoundDocuments {
  readonly docs: readonly JsonObject[]
  readonly total: number | null
}

/** A page of a collection. @param query parameters of a list, as docs/rest.md has them */
export async function listDocuments(
  session: OperatorSession,
  collection: string,
  query: Readonly<Record<string, string>> | URLSearchParams,
): Promise<FoundDocuments> {
  const response = await send(
    session,
    `${listPath(collection)}?${new URLSearchParams(query as Record<string, string>)}`,
  )
  const page = parseExact(await response.text())
  if (!isObject(page)) throw new TypeError('a list has no documents')
  const { docs, total } = page
  return { docs: isList(docs) ? docs.filter(isObject) : [], total: typeof total === 'number' ? total : null }
}

function listPath(collection: string): string {
  return `/api/admin/data/collections/${encodeURIComponent(collection)}`
}

/** With `~`, every key is one: also those that are a word of the API. */
function pathOf({ collection, key }: DocumentRef): string {
  return `${listPath(collection)}/~${encodeURIComponent(key)}`
}

async function send(session: OperatorSession, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...init.headers, ...(init.body !== undefined && { 'content-type': 'application/json' }) }
  const response = await session.fetch(path, { ...init, headers })
  if (!response.ok) throw await errorOf(response)
  return response
}

async function documentIn(response: Response): Promise<StoredDocument> {
  const values: Json = parseExact(await response.text())
  if (!isObject(values)) throw new TypeError('a document is not an object')
  return { values, etag: response.headers.get('etag') ?? '' }
}

async function written(response: Response): Promise<WrittenDocument> {
  return { ...(await documentIn(response)), action: actionOf(response) }
}

function actionOf(response: Response): string | null {
  return response.headers.get('koyalite-action')
}
