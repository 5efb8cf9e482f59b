import type { ListJobQueuesResponse } from '@koyalite/client/admin'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../session/session-context'

export type Queue = ListJobQueuesResponse['queues'][number]

const EVERY_MS = 2_000

/** Queues with what waits and runs in them, followed. */
export function useQueues() {
  const { admin } = useSession()
  return useQuery({ queryKey: ['jobs', 'queues'], queryFn: () => admin.listJobQueues(), refetchInterval: EVERY_MS })
}
