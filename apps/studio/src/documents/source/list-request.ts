import type { CollectionInfo, FieldInfo } from '../../fields/field'
import type { PageRequest } from '../../grid/row-window'
import type { Actor } from '../../kit/actor'
import { conditionsOf, type DataSearch, sortOf, sortText } from '../data-search'
import { askFor, askForText } from '../filters/condition-filter'
import { fieldAt } from '../filters/field-at'
import { labelOf } from './reference-label'

/** A list of documents, as the API is asked for it. */
export interface ListRequest {
  readonly collection: string
  readonly key: string
  /** `filter`, `where`, `params`, `sort`. */
  readonly asked: readonly (readonly [name: string, value: string])[]
  /** Of a page that is shown: the columns, and the labels of references. */
  readonly shown: readonly (readonly [name: string, value: string])[]
  /** Of a page that is copied. */
  readonly whole: readonly (readonly [name: string, value: string])[]
  readonly as: Actor
}

/** @param columns names of the fields that are shown; others are not asked for */
export function listRequest(
  collection: CollectionInfo,
  collections: readonly CollectionInfo[],
  { search, columns }: { readonly search: DataSearch; readonly columns: readonly string[] },
): ListRequest {
  const fieldOf = (path: string) => fieldAt(path, collection, collections)
  const known = conditionsOf(search).filter(({ path }) => fieldOf(path) !== null)
  const parts = [askFor(known, (path) => fieldOf(path) ?? undefined)]
  if (search.q !== undefined)
    parts.push(
      askForText(
        textFields(collection).map(({ name }) => name),
        keyCondition(collection, search.q),
        search.q,
      ),
    )
  const as = search.as ?? 'operator'
  // As somebody else, a reference whose document they may not read would be shown as none at all.
  const labels =
    as === 'operator'
      ? collection.fields.flatMap((field) =>
          columns.includes(field.name) ? (labelOf(field, collection, collections) ?? []) : [],
        )
      : []
  const fields = [...new Set([collection.key, ...columns])]
  const asIs = fields.filter((name) => !labels.some((label) => label.relation === name))
  const shownFields = [
    ...asIs,
    ...labels.flatMap(({ relation, key, label }) => [`${relation}.${key}`, `${relation}.${label}`]),
  ]
  const sort = sortText(sortOf(search).filter(({ column }) => collection.fields.some(({ name }) => name === column)))
  return {
    collection: collection.name,
    key: collection.key,
    as,
    asked: [...conditionParameters(parts, search.where), ...(sort === undefined ? [] : [['sort', sort] as const])],
    shown: [
      ['preview', 'true'],
      // A field that they may not read does not exist for somebody else: asking for it is an error. What they may read comes by itself.
      ...(as === 'operator' ? [['fields', shownFields.join(',')] as const] : []),
      ...(labels.length === 0 ? [] : [['expand', labels.map(({ relation }) => relation).join(',')] as const]),
    ],
    whole: as === 'operator' ? [['fields', fields.join(',')]] : [],
  }
}

/** Each of `parts` counts its values from $1 on. */
function conditionParameters(
  parts: readonly ReturnType<typeof askFor>[],
  where: string | undefined,
): readonly (readonly [string, string])[] {
  const filters = parts.flatMap((part) => part.filters)
  const values: unknown[] = []
  const expressions = parts.flatMap((part) => {
    const before = values.length
    values.push(...part.values)
    return part.expressions.map((one) => one.replace(/\$(\d+)/g, (_, number) => `$${Number(number) + before}`))
  })
  const all = where === undefined ? expressions : [expressions.length === 0 ? where : `(${where})`, ...expressions]
  return [
    ...filters.map((filter) => ['filter', JSON.stringify(filter)] as const),
    ...(all.length === 0 ? [] : [['where', all.join(' && ')] as const]),
    ...(values.length === 0 ? [] : [['params', JSON.stringify(values)] as const]),
  ]
}

export function pageAddress(request: ListRequest, { cursor, offset, limit, detail }: PageRequest): string {
  const { asked, shown, whole, key } = request
  const parameters = new URLSearchParams(
    [...asked, ...(detail === 'preview' ? shown : detail === 'whole' ? whole : [['fields', key] as const])].map(
      ([name, value]) => [name, value],
    ),
  )
  parameters.set('limit', String(limit))
  if (cursor !== null) parameters.set('cursor', cursor)
  else if (offset > 0) parameters.set('offset', String(offset))
  return `/api/admin/data/collections/${encodeURIComponent(request.collection)}?${parameters}`
}

/** Some documents by their keys, whether or not they (still) match. */
export function keysAddress({ collection, key, shown }: ListRequest, keys: readonly unknown[]): string {
  const filter = JSON.stringify({ [key]: { $in: keys } })
  const parameters = new URLSearchParams([
    ['filter', filter],
    ['limit', String(keys.length)],
    ...shown.map(([name, value]) => [name, value]),
  ])
  return `/api/admin/data/collections/${encodeURIComponent(collection)}?${parameters}`
}

export function mapAddress({ collection, asked }: ListRequest): string {
  return `/api/admin/data/positions/${encodeURIComponent(collection)}?${new URLSearchParams(asked.map(([name, value]) => [name, value]))}`
}

/** Fields that the search box looks into. */
export function textFields({ fields }: CollectionInfo): readonly FieldInfo[] {
  return fields.filter(
    ({ type, internal, enum: choices }) => (type === 'string' || type === 'text') && !internal && choices === null,
  )
}

/** The key, where the text may be one; a text key is among the texts already. */
function keyCondition(
  { key, fields }: CollectionInfo,
  text: string,
): { readonly name: string; readonly value: unknown } | null {
  const type = fields.find(({ name }) => name === key)?.type
  if (type === 'int' && /^-?\d{1,15}$/.test(text)) return { name: key, value: Number(text) }
  if (type === 'uuid' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text))
    return { name: key, value: text.toLowerCase() }
  return null
}
