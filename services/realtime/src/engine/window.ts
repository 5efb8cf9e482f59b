import { AppError, type SqlValue } from '@koyalite/contracts'
import { compareText, documentText, readGroups } from '@koyalite/query'
import { tooManyDocuments } from './too-many-documents'

export type Key = string | number
export type SortValue = string | number | null

/** A document of a window. Entries are never changed, so that windows may share them. */
export interface WindowEntry {
  readonly key: Key
  /** Its sort keys, without the last one, which is its key. */
  readonly order: readonly SortValue[]
  /** Of its JSON text, as subscribers have it; with `etags`, of the whole document too. */
  readonly hash: number
}

/** The part of a list that its subscribers have. */
export interface Window {
  readonly entries: readonly WindowEntry[]
  /** There may be more documents behind it. */
  readonly more: boolean
  /** The total number of matches, if requested. */
  readonly total: number | null
}

export interface WindowShape {
  readonly limit: number
  /** It is the whole list; one that has more than `limit` documents is none. */
  readonly isAll: boolean
  /** Of a whole list with expanded documents, which count: how many one of its documents can be with those. Null of any other. */
  readonly mostShown: number | null
  /** Per sort key, the last one's included. */
  readonly descending: readonly boolean[]
  readonly count: boolean
}

/** A document, and where it belongs. */
export interface FoundDocument {
  readonly entry: WindowEntry
  readonly text: string
}

/** What was read of a list. */
export interface Page {
  readonly window: Window
  /** Its documents. */
  readonly texts: readonly string[]
  /** How many documents count as shown: of a whole list with those that it expands. */
  readonly size: number
}

/** In place of the hash of a document that is known to be as it was, whose text is not. */
export const UNCHANGED = -1

const NO_ORDER: readonly SortValue[] = []

/** A row of a live statement: the document's text, then its sort keys. Throws INVALID_REQUEST where `expand` asks for too much. */
export function foundDocument(row: readonly SqlValue[]): FoundDocument {
  const text = documentText(row[0])
  return { entry: { ...positionOf(row.slice(1)), hash: hashOf(text) }, text }
}

/** Throws CONFLICT where clients could not tell the document from another one: deltas name documents by their keys. */
export function positionOf(sortKeys: readonly SqlValue[]): Pick<WindowEntry, 'key' | 'order'> {
  const order = sortKeys.length === 1 ? NO_ORDER : (sortKeys.slice(0, -1) as SortValue[])
  const key = sortKeys.at(-1) as Key
  if (!isNameable(key)) {
    throw new AppError(
      'CONFLICT',
      'The list contains a document whose key is beyond 2^53 − 1, stored by another program, so it cannot be a live query. Give that document a smaller key, or filter it out.',
    )
  }
  return { key, order }
}

/** Whether a key that was read is the one that is stored. */
export function isNameable(key: Key): boolean {
  return typeof key === 'string' || Math.abs(key) < 2 ** 53
}

/** 53 bits: two texts of one document that share them are not expected in the life of a server. */
function hashOf(text: string): number {
  return Bun.hash.xxHash32(text, 1) * 0x200000 + (Bun.hash.xxHash32(text, 2) & 0x1fffff)
}

/** A page as a window, with the texts of its documents. Throws TOO_MANY_DOCUMENTS where all are meant, and are more than may be. */
export function windowOfPage(rows: readonly (readonly SqlValue[])[], shape: WindowShape): Page {
  const documents = shape.count ? rows.slice(1) : rows
  const total = shape.count ? Number(rows[0]?.[0]) : null
  const counts = shape.mostShown !== null
  const size = counts ? Number(documents[0]?.at(-1) ?? 0) : documents.length
  if (shape.isAll && size > shape.limit) throw tooManyDocuments(shape.limit)
  const found = counts ? documents.map((row) => foundDocument(row.slice(0, -1))) : documents.map(foundDocument)
  // The parts of a compound come one after the other; within one SQLite promises no order.
  if (shape.count) found.sort((a, b) => compareEntries(a.entry, b.entry, shape))
  found.splice(shape.limit)
  const window = { entries: found.map(({ entry }) => entry), more: documents.length > shape.limit, total }
  return { window, texts: found.map(({ text }) => text), size }
}

/** The groups of an aggregate as a window, in which they are told apart by their places. Throws what `readGroups` does. */
export function windowOfGroups(rows: readonly (readonly SqlValue[])[], { limit }: WindowShape): Page {
  const texts = readGroups(rows, limit)
  const entries = texts.map((text, key) => ({ key, order: NO_ORDER, hash: hashOf(text) }))
  return { window: { entries, more: false, total: null }, texts, size: entries.length }
}

/**
 * The window after some documents have changed: `changed` are their keys, `found` those among them that are in the list now. Null where
 * what is known does not tell: where something moves up from behind.
 */
export function windowAfter(
  before: Window,
  shape: WindowShape,
  changed: ReadonlySet<Key>,
  found: readonly FoundDocument[],
): Window | null {
  const entries = before.entries.filter(({ key }) => !changed.has(key))
  const last = before.more ? before.entries.at(-1) : undefined
  let { more } = before
  for (const { entry } of found) {
    // What comes after the last document may come after others that are not known.
    if (last !== undefined && compareEntries(entry, last, shape) > 0) more = true
    else entries.splice(placeOf(entries, entry, shape), 0, entry)
  }
  if (entries.length < shape.limit && more) return null
  if (entries.length > shape.limit) {
    entries.length = shape.limit
    more = true
  }
  return { entries, more, total: before.total }
}

/** Where an entry belongs among others that are in order. */
export function placeOf(entries: readonly WindowEntry[], entry: WindowEntry, shape: WindowShape): number {
  const [first] = entries
  // Most lists are followed newest first, and most changes are new.
  if (first === undefined || compareEntries(first, entry, shape) > 0) return 0
  let low = 1
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareEntries(entries[middle] as WindowEntry, entry, shape) < 0) low = middle + 1
    else high = middle
  }
  return low
}

type Position = Pick<WindowEntry, 'key' | 'order'>

/** The order of the list: below, at or above 0. */
export function compareEntries(a: Position, b: Position, { descending }: WindowShape): number {
  for (let index = 0; index < a.order.length; index++) {
    const order = compareValues(a.order[index] ?? null, b.order[index] ?? null)
    if (order !== 0) return descending[index] ? -order : order
  }
  const order = compareValues(a.key, b.key)
  return descending.at(-1) ? -order : order
}

/** The order of SQLite: null, numbers, text. */
function compareValues(a: SortValue, b: SortValue): number {
  if (a === b) return 0
  const rank = rankOf(a) - rankOf(b)
  if (rank !== 0) return rank
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  return (a as number) < (b as number) ? -1 : 1
}

function rankOf(value: SortValue): number {
  return value === null ? 0 : typeof value === 'number' ? 1 : 2
}

export function sameOrder(a: WindowEntry, b: WindowEntry): boolean {
  if (a.order.length !== b.order.length) return false
  for (let index = 0; index < a.order.length; index++) if (a.order[index] !== b.order[index]) return false
  return true
}

export function sameEntry(a: WindowEntry, b: WindowEntry | undefined): boolean {
  return b !== undefined && a.key === b.key && a.hash === b.hash && sameOrder(a, b)
}
