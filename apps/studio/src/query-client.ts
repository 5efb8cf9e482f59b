import { AdminApiError } from '@koyalite/client/admin'
import { QueryClient } from '@tanstack/react-query'

/** What is shown stays while it is read again; an answer of the server is final, a lost connection is tried twice more. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { staleTime: 5_000, retry: (failures, error) => !(error instanceof AdminApiError) && failures < 2 },
      mutations: { retry: false },
    },
  })
}
