import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useSession } from '../session/session-context'
import { localZone, type Zone } from './zone'

const NAME = 'preference:zone'
const QUERY = ['studio', NAME]

export interface ZoneChoice {
  readonly zone: Zone
  readonly isLocal: boolean
  choose(isLocal: boolean): void
}

/** The zone of all timestamps: UTC, or that of this computer. It is the operator's choice, wherever they sign in. */
export function useZone(): ZoneChoice {
  const { admin } = useSession()
  const queries = useQueryClient()
  const { data: isLocal = false } = useQuery({
    queryKey: QUERY,
    queryFn: async () => {
      const { items } = await admin.listStudioItems({ query: { prefix: NAME } })
      return items.some(({ name, own, value }) => own && name === NAME && value === 'local')
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
  return {
    zone: isLocal ? localZone() : 'UTC',
    isLocal,
    choose(wanted) {
      queries.setQueryData(QUERY, wanted)
      void admin.keepStudioItem({ params: { name: NAME }, body: { value: wanted ? 'local' : 'utc' } })
    },
  }
}
