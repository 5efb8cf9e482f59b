import { useQuery } from '@tanstack/react-query'
import { useSession } from '../session/session-context'
import { type Actor, userIdOf } from './actor'

/** Who an actor is: users by their address. */
export function useActorName(actor: Actor, typedName?: string): string {
  const { admin } = useSession()
  const id = userIdOf(actor)
  const { data } = useQuery({
    queryKey: ['user', id],
    queryFn: () => admin.getUser({ params: { id: id ?? '' } }),
    enabled: id !== null && typedName === undefined,
  })
  if (typedName !== undefined) return typedName
  if (id === null) return actor === 'operator' ? 'yourself' : actor
  return data === undefined ? `user ${id.slice(0, 8)}…` : data.account.anonymous ? `anonymous user ${id}` : data.email
}
