import type { ListCollectionsResponse } from '@koyalite/client/admin'
import type { CallKind } from '../call-search'

export type CollectionModel = ListCollectionsResponse['collections'][number]
export type FieldModel = CollectionModel['fields'][number]

/** A call to write down, in any language. */
export interface Call {
  readonly kind: CallKind
  /** Of the server. */
  readonly url: string
  readonly model: CollectionModel
  /** What clients call the collection, and one document: `posts`, `Post`. */
  readonly names: { readonly collection: string; readonly document: string }
  readonly where: string | null
  /** What `$1`, `$2` … of it stand for. */
  readonly params: readonly unknown[]
  readonly filter: readonly string[]
  /** Fields, `-` for descending. */
  readonly sort: readonly string[]
  /** Of one document; null: a placeholder. */
  readonly key: string | null
  /** Whether somebody has to be signed in for it: then it has a token. */
  readonly hasToken: boolean
}

/** The key of the call's document. */
export function keyOf({ key, model }: Call): string {
  return key ?? `<${model.key}>`
}

/** What one could send to create a document: the fields that have to be there. */
export function exampleDocument({ fields, name }: CollectionModel): Readonly<Record<string, unknown>> {
  const isUsers = name === 'users'
  return Object.fromEntries(
    fields
      .filter(
        (field) => !field.internal && (isUsers ? field.name === 'email' : !field.nullable && field.default === null),
      )
      .filter((field) => !(field.primary && isUsers))
      .map((field) => [field.name, exampleValue(field)]),
  )
}

/** A change of one field: the first that is no key. */
export function exampleChange({ fields }: CollectionModel): Readonly<Record<string, unknown>> {
  const isPlain = ({ primary, internal, references, updates, default: value }: FieldModel) =>
    !primary && !internal && references === null && !updates && (value === null || value.kind === 'literal')
  const field =
    fields.find((one) => isPlain(one) && (one.type === 'string' || one.type === 'text')) ?? fields.find(isPlain)
  return field === undefined ? {} : { [field.name]: exampleValue(field) }
}

const TEXT = 'Hello'

function exampleValue(field: FieldModel): unknown {
  const { type, format, references, min_length: least, max_length: most, min, max } = field
  const value = field.enum?.values[0]
  if (value !== undefined) return value
  if (references !== null) return `<key of ${references.collection}>`
  switch (type) {
    case 'uuid':
      return '0196ee7c-d2c0-797c-8899-0cdad7a93b91'
    case 'string':
    case 'text': {
      if (format === 'email') return 'ann@example.com'
      if (format === 'url') return 'https://example.com'
      if (format === 'uuid') return '0196ee7c-d2c0-797c-8899-0cdad7a93b91'
      return TEXT.padEnd(least ?? 0, '.').slice(0, most ?? undefined)
    }
    case 'int':
    case 'float':
      return typeof min === 'number' ? Math.max(min, 1) : typeof max === 'number' ? Math.min(max, 1) : 1
    case 'bool':
      return true
    case 'timestamp':
      return '2026-01-31T12:00:00.000Z'
    case 'date':
      return '2026-01-31'
    case 'blob':
      return 'SGVsbG8='
    case 'json':
      return {}
  }
}
