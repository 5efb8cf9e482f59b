import type { GetFunctionResponse, ListFunctionsResponse } from '@koyalite/client/admin'
import { useQuery } from '@tanstack/react-query'
import { useMay, useSession } from '../../session/session-context'

export type ListedFunction = ListFunctionsResponse['functions'][number]
export type FunctionDetail = GetFunctionResponse

const EVERY_MS = 3_000

/** What there is, and how it goes: files are saved and instances come and go while somebody looks. */
export function useFunctions({ isFollowed = true }: { readonly isFollowed?: boolean } = {}) {
  const { admin } = useSession()
  return useQuery({
    queryKey: ['functions', 'list'],
    queryFn: () => admin.listFunctions(),
    enabled: useMay('functions:read'),
    refetchInterval: isFollowed ? EVERY_MS : false,
  })
}

export function useFunction(name: string) {
  const { admin } = useSession()
  return useQuery({
    queryKey: ['functions', 'one', name],
    queryFn: () => admin.getFunction({ params: { name } }),
    refetchInterval: EVERY_MS,
  })
}
