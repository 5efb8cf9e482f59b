import { useQuery } from '@tanstack/react-query'
import { useSession } from '../session/session-context'
import type { CollectionInfo } from './field'

const KEY = ['collections'] as const

/** The collections of the schema that is served, in its order; without counts. */
export function useCollections() {
  const { admin } = useSession()
  return useQuery({
    queryKey: KEY,
    queryFn: () => admin.listCollections(),
    select: ({ collections }): readonly CollectionInfo[] => collections,
    staleTime: 30_000,
  })
}
