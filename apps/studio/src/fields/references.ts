import type { OperatorSession } from '../session/operator-session'
import { listDocuments } from './documents'
import { type Json, type JsonObject, printExact } from './exact-json'
import type { CollectionInfo, FieldInfo } from './field'

/** A field that others refer to. */
export interface ReferenceTarget {
  readonly target: CollectionInfo | undefined
  readonly field: string
}

export interface FoundReference {
  /** What the referring field holds. */
  readonly value: string
  readonly key: string
  readonly label: string | null
}

export const SHOWN_REFERENCES = 20

/** Documents whose label has the text in it, or whose key is it: among all, by the server. */
export async function searchReferences(
  session: OperatorSession,
  { target, field }: ReferenceTarget,
  text: string,
): Promise<readonly FoundReference[]> {
  if (target === undefined) return []
  const conditions = conditionsFor(target, text.trim())
  if (conditions !== null && conditions.length === 0) return []
  const filter = conditions === null ? {} : { filter: JSON.stringify({ $or: conditions }) }
  const query = { ...filter, fields: shownOf(target, field), limit: String(SHOWN_REFERENCES), ...orderOf(target) }
  const { docs } = await listDocuments(session, target.name, query)
  return docs.map((doc) => foundIn({ target, field }, doc))
}

/** The document that a value refers to; null where there is none. */
export async function referenceTo(
  session: OperatorSession,
  { target, field }: ReferenceTarget,
  value: string,
): Promise<FoundReference | null> {
  const condition = target && equals(target, field, value)
  if (target === undefined || condition === null) return null
  const query = { filter: JSON.stringify(condition), fields: shownOf(target, field), limit: '1' }
  const { docs } = await listDocuments(session, target.name, query)
  return docs[0] === undefined ? null : foundIn({ target, field }, docs[0])
}

function shownOf({ key, label }: CollectionInfo, field: string): string {
  return [...new Set([key, field, ...(label === null ? [] : [label])])].join(',')
}

/** An index gives them in order; without one, the order is that of the keys. */
function orderOf({ label, fields }: CollectionInfo): { readonly sort?: string } {
  const isIndexed = fields.find(({ name }) => name === label)?.indexed === true
  return isIndexed && label !== null ? { sort: label } : {}
}

function foundIn(
  { target, field }: { readonly target: CollectionInfo; readonly field: string },
  doc: JsonObject,
): FoundReference {
  const label = target.label === null ? null : (doc[target.label] ?? null)
  return { value: textOf(doc[field]), key: textOf(doc[target.key]), label: label === null ? null : textOf(label) }
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : printExact(value ?? null)
}

/** Null where everything matches. */
function conditionsFor(target: CollectionInfo, text: string): readonly object[] | null {
  if (text === '') return null
  const byKey = equals(target, target.key, text)
  const byLabel = target.label === null ? [] : [{ [target.label]: labelHas(text) }]
  return byKey === null ? byLabel : [...byLabel, byKey]
}

/** `like` ignores the case; what it takes as a wildcard is taken literally by `contains`. */
function labelHas(text: string): object {
  return /[%_]/.test(text) ? { $contains: text } : { $like: `%${text}%` }
}

/** Null where the field cannot be equal to such a text. */
function equals({ fields }: CollectionInfo, name: string, text: string): object | null {
  const type: FieldInfo['type'] | undefined = fields.find((field) => field.name === name)?.type
  if (type === 'int') return /^-?\d{1,15}$/.test(text) ? { [name]: { $eq: Number(text) } } : null
  if (type === 'uuid') return /^[0-9a-f-]{36}$/i.test(text) ? { [name]: { $eq: text.toLowerCase() } } : null
  return { [name]: { $eq: text } }
}
