import type { GetFunctionResponse, ListFunctionsResponse } from '@koyalite/client/admin'
import { skipToken, useQuery } from '@tanstack/react-query'
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

/** @param name null: none */
export function useFunction(name: string | null) {
  const { admin } = useSession()
  return useQuery({
    queryKey: ['functions', 'one', name],
    queryFn: name === null ? skipToken : () => admin.getFunction({ params: { name } }),
    refetchInterval: EVERY_MS,
  })
}
