import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useReducer, useRef } from 'react'
import { useSession } from '../../session/session-context'

export interface KeptItem<T> {
  /** Undefined until it is read. */
  readonly value: T | undefined
  keep(value: T): void
  forget(): void
}

/** How something of the diagram is kept: in every browser of an operator, until they change it. */
export interface KeptItemOptions<T> {
  readonly name: string
  readonly nothing: T
  parse(stored: unknown): T
  /** As JSON has it. */
  store(value: T): unknown
}

export function useKeptItem<T>({ name, nothing, parse, store }: KeptItemOptions<T>): KeptItem<T> {
  const { admin } = useSession()
  const queries = useQueryClient()
  const queryKey = ['studio', name]
  // The cache tells of changes a moment later: until then an input would show what it showed before.
  const [, show] = useReducer((count: number) => count + 1, 0)
  const { data: read, isError } = useQuery({
    queryKey,
    queryFn: async () => {
      const { items } = await admin.listStudioItems({ query: { prefix: name } })
      return parse(items.find((item) => item.name === name && item.own)?.value)
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
  // One request after the other: an older value never comes in the place of a newer one.
  const writing = useRef(Promise.resolve())
  const change = (value: T, write: () => Promise<unknown>) => {
    queries.setQueryData(queryKey, value)
    show()
    // Where it fails, it is lost at the next visit, and nothing else.
    writing.current = writing.current.then(write).then(
      () => undefined,
      () => undefined,
    )
  }
  return {
    value: queries.getQueryData<T>(queryKey) ?? (isError ? nothing : read),
    keep(value) {
      change(value, () => admin.keepStudioItem({ params: { name }, body: { value: store(value) } }))
    },
    forget() {
      change(nothing, () => admin.deleteStudioItem({ params: { name } }))
    },
  }
}
