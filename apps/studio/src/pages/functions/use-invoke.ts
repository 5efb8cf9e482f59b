import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Actor } from '../../kit/actor'
import { useSession } from '../../session/session-context'

export interface Invoked {
  readonly status: number
  /** From here and back. */
  readonly ms: number
  /** Indented where it is JSON. */
  readonly body: string
  /** Null where it was refused before it could run. */
  readonly execution: string | null
}

/** Calls a function through the route for operators. */
export function useInvoke(name: string) {
  const session = useSession()
  const queries = useQueryClient()
  return useMutation({
    async mutationFn({ input, as }: { readonly input: string; readonly as: Actor }): Promise<Invoked> {
      const started = performance.now()
      const response = await session.fetch(`/api/admin/data/functions/${encodeURIComponent(name)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'koyalite-as': as },
        body: input,
      })
      const body = await response.text()
      const ms = performance.now() - started
      return { status: response.status, ms, body: pretty(body), execution: response.headers.get('koyalite-execution') }
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['executions', 'list'] }),
  })
}

/** More than this is cut: an answer is to be looked at, not worked with. */
const MAX_SHOWN = 200_000

function pretty(body: string): string {
  if (body.length > MAX_SHOWN) return `${body.slice(0, MAX_SHOWN)}…`
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
