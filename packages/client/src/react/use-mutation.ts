import { useCallback, useEffect, useRef, useState } from 'react'
import type { KoyaError } from '../koya-error'

export interface MutationState<R> {
  /** What the last call resolved with; undefined while another one runs. */
  readonly data: R | undefined
  /** What the last call was refused with. */
  readonly error: KoyaError | undefined
  readonly pending: boolean
}

export interface Mutation<A extends readonly unknown[], R> extends MutationState<R> {
  /** For event handlers: failures are in `error`. */
  mutate(...args: A): void
  /** Rejects with the error, too. */
  mutateAsync(...args: A): Promise<R>
  /** Forgets result and error; what still runs is no longer shown. */
  reset(): void
}

const INITIAL: MutationState<never> = { data: undefined, error: undefined, pending: false }

/**
 * State around a write: `const { mutate, pending, error } = useMutation((title: string) => koya.posts.create({ title }))`. Of several calls
 * at once, the last one is shown. `mutate`, `mutateAsync` and `reset` stay the same functions.
 */
export function useMutation<A extends readonly unknown[], R>(fn: (...args: A) => Promise<R>): Mutation<A, R> {
  const [state, setState] = useState<MutationState<R>>(INITIAL)
  const latest = useRef(fn)
  const calls = useRef(0)
  useEffect(() => {
    latest.current = fn
  })

  const mutateAsync = useCallback(async (...args: A): Promise<R> => {
    const call = ++calls.current
    const show = (next: MutationState<R>) => {
      if (call === calls.current) setState(next)
    }
    show({ ...INITIAL, pending: true })
    try {
      const data = await latest.current(...args)
      show({ ...INITIAL, data })
      return data
    } catch (error) {
      // Calls of the client reject with nothing else.
      show({ ...INITIAL, error: error as KoyaError })
      throw error
    }
  }, [])
  const mutate = useCallback((...args: A) => void mutateAsync(...args).catch(() => undefined), [mutateAsync])
  const reset = useCallback(() => {
    calls.current++
    setState(INITIAL)
  }, [])
  return { ...state, mutate, mutateAsync, reset }
}
