import type { ListEventSubscribersResponse } from '@koyalite/client/admin'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../session/session-context'

export type Subscriber = ListEventSubscribersResponse['subscribers'][number]

const EVERY_MS = 3_000

/** Who is given events, and how far they are, followed. */
export function useSubscribers({ isEnabled = true }: { readonly isEnabled?: boolean } = {}) {
  const { admin } = useSession()
  return useQuery({
    queryKey: ['events', 'subscribers'],
    queryFn: () => admin.listEventSubscribers(),
    refetchInterval: EVERY_MS,
    enabled: isEnabled,
  })
}
