import type { ListWebhooksResponse } from '@koyalite/client/admin'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../../session/session-context'

export type Webhook = ListWebhooksResponse['endpoints'][number]

const EVERY_MS = 3_000

/** All endpoints, with how sending to them goes, followed. */
export function useWebhooks() {
  const { admin } = useSession()
  return useQuery({
    queryKey: ['webhooks', 'list'],
    queryFn: () => admin.listWebhooks(),
    select: ({ endpoints }) => endpoints,
    refetchInterval: EVERY_MS,
  })
}
