import { listDocuments } from '../../fields/documents'
import { type Json, type JsonObject, printExact } from '../../fields/exact-json'
import type { CollectionInfo, FieldInfo } from '../../fields/field'
import type { OperatorSession } from '../../session/operator-session'

/** By field and text: the value of the reference, or why there is none. */
export type References = ReadonlyMap<string, { readonly value: Json } | { readonly problem: string }>

/** Texts of one request. */
const CHUNK = 100

export function referenceName(field: string, text: string): string {
  return `${field}\u0000${text}`
}

/** Finds which documents texts mean: by key, by label, and by every text that is unique, such as an email address. */
export async function resolveReferences(
  session: OperatorSession,
  { field, target }: { readonly field: FieldInfo; readonly target: CollectionInfo },
  texts: readonly string[],
): Promise<References> {
  const found = new Map<string, { readonly value: Json } | { readonly problem: string }>()
  const searched = searchedFields(target, field)
  for (let start = 0; start < texts.length; start += CHUNK) {
    const chunk = texts.slice(start, start + CHUNK)
    const docs = await documentsWith(session, target, { searched, field, texts: chunk })
    for (const text of chunk) {
      const values = docs
        .filter((doc) => searched.some(({ name }) => textOf(doc[name]) === text))
        .map((doc) => doc[field.references?.field ?? ''] ?? null)
      found.set(referenceName(field.name, text), outcome(values, text, target.name))
    }
  }
  return found
}

function outcome(
  values: readonly Json[],
  text: string,
  collection: string,
): { readonly value: Json } | { readonly problem: string } {
  const [first] = values
  if (first === undefined) return { problem: `${collection} has no “${text}”` }
  if (values.length > 1) return { problem: `${collection} has ${values.length} of “${text}”: give the key` }
  return { value: first }
}

function searchedFields({ fields, key, label }: CollectionInfo, { references }: FieldInfo): readonly FieldInfo[] {
  return fields.filter(
    ({ name, type, unique, internal }) =>
      !internal &&
      (name === key ||
        name === label ||
        name === references?.field ||
        (unique && (type === 'string' || type === 'text'))),
  )
}

interface Asked {
  readonly searched: readonly FieldInfo[]
  readonly field: FieldInfo
  readonly texts: readonly string[]
}

async function documentsWith(
  session: OperatorSession,
  target: CollectionInfo,
  { searched, field, texts }: Asked,
): Promise<readonly JsonObject[]> {
  const conditions = searched.flatMap(({ name, type }) => {
    const values = texts.filter((text) => fits(type, text)).map((text) => (type === 'int' ? Number(text) : text))
    return values.length === 0 ? [] : [{ [name]: { $in: values } }]
  })
  if (conditions.length === 0) return []
  const names = [...new Set([target.key, field.references?.field ?? target.key, ...searched.map(({ name }) => name)])]
  const { docs } = await listDocuments(session, target.name, {
    filter: JSON.stringify({ $or: conditions }),
    fields: names.join(','),
    limit: '500',
  })
  return docs
}

/** A comparison with what no value of the type can be is refused. */
function fits(type: FieldInfo['type'], text: string): boolean {
  if (type === 'int') return /^-?\d{1,15}$/.test(text)
  if (type === 'uuid') return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
  return true
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : printExact(value ?? null)
}
