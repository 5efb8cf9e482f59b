import { useQueries } from '@tanstack/react-query'
import { listDocuments } from '../../fields/documents'
import type { CollectionInfo, FieldInfo } from '../../fields/field'
import { useCollections } from '../../fields/use-collections'
import { useSession } from '../../session/session-context'

/** Documents of a collection that refer to a user by one field. */
export interface UserReference {
  readonly collection: string
  readonly field: string
  /** What becomes of them when the user is deleted. */
  readonly onDelete: 'cascade' | 'set null' | 'restrict'
  readonly count: number
}

export interface UserReferences {
  /** Undefined while they are counted. */
  readonly found: readonly UserReference[] | undefined
  readonly error: Error | null
}

/** What refers to a user, with counts of now; without those of which there are none. */
export function useUserReferences(userId: string): UserReferences {
  const session = useSession()
  const { data: collections, error } = useCollections()
  const fields = (collections ?? []).flatMap((collection) =>
    collection.fields.filter(refersToUsers).map((field) => ({ collection, field })),
  )
  const counts = useQueries({
    queries: fields.map(({ collection, field }) => ({
      queryKey: ['documents', collection.name, 'of-user', field.name, userId],
      queryFn: async () =>
        (await listDocuments(session, collection.name, queryFor(collection, field, userId))).total ?? 0,
    })),
  })
  const failed = error ?? counts.find((one) => one.error !== null)?.error ?? null
  if (collections === undefined || counts.some(({ data }) => data === undefined))
    return { found: undefined, error: failed }
  const found = fields.map(({ collection, field }, index) => ({
    collection: collection.name,
    field: field.name,
    onDelete: field.references?.on_delete ?? 'restrict',
    count: counts[index]?.data ?? 0,
  }))
  return { found: found.filter(({ count }) => count > 0), error: failed }
}

function refersToUsers({ references, internal }: FieldInfo): boolean {
  return references?.collection === 'users' && references.field === 'id' && !internal
}

function queryFor({ key }: CollectionInfo, { name }: FieldInfo, userId: string): Readonly<Record<string, string>> {
  return { filter: JSON.stringify({ [name]: { $eq: userId } }), count: 'true', limit: '1', fields: key }
}
