import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../session/session-context'

/** Sizes, and what indexes are used and missing: takes the server some milliseconds, so that it is not read more often than needed. */
export function useUsage() {
  const { admin } = useSession()
  return useQuery({
    queryKey: ['schema', 'usage'],
    queryFn: () => admin.getSchemaUsage(),
    staleTime: 30_000,
  })
}
