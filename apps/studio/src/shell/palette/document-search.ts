import type { CollectionInfo } from '../../fields/field'

/** A list of documents to ask the server for. */
export interface DocumentSearch {
  readonly collection: string
  readonly key: string
  readonly label: string | null
  /** A path of the admin API. */
  readonly path: string
}

/** More collections than that are not asked for a key at once. */
const MAX_COLLECTIONS = 12
const SHOWN = 4
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * What to ask for documents: a key is looked up in every collection that may have it; `posts hello` finds posts by what
 * they are called, and so does `hello` where one is among the posts. Nothing is searched in all collections: that would
 * read them whole.
 */
export function documentSearches(
  typed: string,
  collections: readonly CollectionInfo[],
  current: string | null,
): readonly DocumentSearch[] {
  const text = typed.trim()
  if (text === '') return []
  const byKey = collections
    .flatMap((one) => {
      const key = keyFor(one, text)
      return key === null ? [] : [searchFor(one, { [one.key]: key })]
    })
    .slice(0, MAX_COLLECTIONS)
  const [first = '', ...rest] = text.split(/\s+/)
  const named = rest.length > 0 ? collections.find(({ name }) => name === first) : undefined
  const among = named ?? collections.find(({ name }) => name === current)
  const wanted = named === undefined ? text : rest.join(' ')
  if (among?.label == null || wanted.length < 2 || UUID.test(wanted)) return byKey
  return [...byKey, searchFor(among, { [among.label]: { $like: `%${wanted}%` } })]
}

/** The key that a text can be in a collection; null where it cannot be one. */
function keyFor({ key, fields }: CollectionInfo, text: string): string | number | null {
  const type = fields.find(({ name }) => name === key)?.type
  if (type === 'uuid') return UUID.test(text) ? text.toLowerCase() : null
  if (type === 'int') return /^\d{1,15}$/.test(text) ? Number(text) : null
  return type === 'string' && !/\s/.test(text) ? text : null
}

function searchFor({ name, key, label }: CollectionInfo, filter: object): DocumentSearch {
  const query = new URLSearchParams({
    filter: JSON.stringify(filter),
    fields: [...new Set([key, label ?? key])].join(','),
    limit: String(SHOWN),
  })
  return { collection: name, key, label, path: `/api/admin/data/collections/${encodeURIComponent(name)}?${query}` }
}
