import type { AdminClient } from '@koyalite/client/admin'
import { isObject, type JsonObject, parseExact, printExact } from '../../fields/exact-json'
import type { FieldInput } from '../../fields/field-input'
import type { Changes } from './document-changes'

/** What somebody has typed and not saved: kept by the server, for them alone. */
export interface DocumentDraft {
  readonly changes: Changes
  /** What the changed fields were when they were changed, and the ETag of that document. */
  readonly base: JsonObject
  readonly etag: string
  readonly at: string
}

/** @param key of a document; null for a new one */
export function draftName(collection: string, key: string | null): string {
  const name = key === null ? `draft:new:${collection}` : `draft:document:${collection}:${key}`
  // A name has 200 characters at most.
  return name.length <= 160 ? name : `${name.slice(0, 140)}:${hashOf(name)}`
}

/** FNV-1a: tells long keys apart that begin alike. */
function hashOf(text: string): string {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash.toString(16)
}

export async function readDraft(admin: AdminClient, name: string): Promise<DocumentDraft | null> {
  const { items } = await admin.listStudioItems({ query: { prefix: name } })
  const found = items.find((item) => item.own && item.name === name)
  return found === undefined ? null : draftIn(found.value, found.updated_at)
}

export async function keepDraft(admin: AdminClient, name: string, draft: Omit<DocumentDraft, 'at'>): Promise<void> {
  // As text: JSON of the browser would round numbers of the base.
  const value = { changes: draft.changes, base: printExact(draft.base), etag: draft.etag }
  await admin.keepStudioItem({ params: { name }, body: { value } })
}

/** There may be none. */
export async function discardDraft(admin: AdminClient, name: string): Promise<void> {
  if ((await readDraft(admin, name)) !== null) await admin.deleteStudioItem({ params: { name } })
}

/** Null for what no draft looks like: an older studio may have kept it. */
function draftIn(value: unknown, at: string): DocumentDraft | null {
  if (typeof value !== 'object' || value === null) return null
  const { changes, base, etag } = value as Readonly<Record<string, unknown>>
  if (typeof changes !== 'object' || changes === null || typeof base !== 'string' || typeof etag !== 'string')
    return null
  const inputs = Object.entries(changes).flatMap(([name, input]) => (isInput(input) ? [[name, input] as const] : []))
  try {
    const parsed = parseExact(base)
    return isObject(parsed) && inputs.length > 0
      ? { changes: Object.fromEntries(inputs), base: parsed, etag, at }
      : null
  } catch {
    return null
  }
}

function isInput(input: unknown): input is FieldInput {
  if (typeof input !== 'object' || input === null || !('kind' in input)) return false
  if (input.kind === 'text') return 'text' in input && typeof input.text === 'string'
  return input.kind === 'null' || input.kind === 'default'
}
