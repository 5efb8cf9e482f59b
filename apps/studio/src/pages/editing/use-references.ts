import { useQuery } from '@tanstack/react-query'
import type { CollectionInfo } from '../../fields/field'
import { useCollections } from '../../fields/use-collections'
import type { Block } from '../../grid/clipboard-text'
import { useSession } from '../../session/session-context'
import type { Mapping, ResolveReference } from './new-rows'
import { type References, referenceName, resolveReferences } from './resolve-references'

export interface ReferenceTexts {
  readonly resolve: ResolveReference
  /** Whether some are still being looked for. */
  readonly isPending: boolean
  readonly error: Error | null
}

/** Looks up what pasted texts of references mean. */
export function useReferences(collection: CollectionInfo, mapping: Mapping, rows: Block): ReferenceTexts {
  const session = useSession()
  const { data: collections } = useCollections()
  const asked = mapping.flatMap((name, at) => {
    const field = collection.fields.find((one) => one.name === name)
    const target = collections?.find((one) => one.name === field?.references?.collection)
    if (field === undefined || target === undefined) return []
    const texts = [...new Set(rows.map((row) => row[at] ?? ''))].filter((text) => text !== '')
    return [{ field, target, texts }]
  })
  const { data, isFetching, error } = useQuery({
    queryKey: ['pasted references', collection.name, asked.map(({ field, texts }) => [field.name, texts])],
    queryFn: async (): Promise<References> => {
      const found = await Promise.all(
        asked.map(({ field, target, texts }) => resolveReferences(session, { field, target }, texts)),
      )
      return new Map(found.flatMap((one) => [...one]))
    },
    enabled: asked.length > 0,
    placeholderData: (before) => before,
  })
  return {
    resolve: (field, text) => data?.get(referenceName(field.name, text)),
    isPending: asked.length > 0 && (isFetching || collections === undefined),
    error,
  }
}
