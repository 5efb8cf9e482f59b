import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from '../../kit/button'
import { ErrorState } from '../../kit/states'
import { minuteOf } from '../../kit/times'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useMay, useSession } from '../../session/session-context'

/** Where a user is signed in. */
export function UserSessions({ userId }: { readonly userId: string }) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const reason = useMay('sessions:write') ? null : 'Your role cannot end sessions.'
  const { data, error } = useQuery({
    queryKey: ['sessions', userId],
    queryFn: () => admin.listSessions({ query: { user: userId } }),
  })
  async function end(id: string): Promise<void> {
    try {
      await admin.endSession({ params: { id } })
      toast({ title: 'Ended a session' })
    } catch (failure) {
      toast({ kind: 'error', title: 'The session was not ended', description: messageOf(failure) })
    }
    await queries.invalidateQueries({ queryKey: ['sessions', userId] })
  }
  async function endAll(): Promise<void> {
    try {
      const { ended } = await admin.endUserSessions({ params: { id: userId } })
      toast({ title: `Ended ${ended} ${ended === 1 ? 'session' : 'sessions'}` })
    } catch (failure) {
      toast({ kind: 'error', title: 'The sessions were not ended', description: messageOf(failure) })
    }
    await queries.invalidateQueries({ queryKey: ['sessions', userId] })
  }
  return (
    <section aria-labelledby="sessions" className="flex flex-col gap-2">
      <h3 id="sessions" className="font-semibold">
        Sessions
      </h3>
      {error !== null && <ErrorState what="The sessions could not be read" error={error} />}
      {data?.sessions.length === 0 && <p className="text-text-2">Not signed in anywhere.</p>}
      {data !== undefined && data.sessions.length > 0 && (
        <>
          <ul className="divide-y divide-line">
            {data.sessions.map(({ id, method, ip, user_agent, last_used_at }) => (
              <li key={id} className="py-2">
                <p className="flex items-center gap-2">
                  <span className="min-w-0 flex-1">
                    {method}
                    {ip !== null && ` from ${ip}`}
                  </span>
                  <span className="whitespace-nowrap text-text-2">{minuteOf(last_used_at)}</span>
                  <Button
                    kind="quiet"
                    reason={reason}
                    aria-label={`End the session of ${minuteOf(last_used_at)}`}
                    onClick={() => void end(id)}
                  >
                    End
                  </Button>
                </p>
                <p className="truncate text-sm text-text-3" title={user_agent ?? ''}>
                  {user_agent ?? 'no user agent'}
                </p>
              </li>
            ))}
          </ul>
          <Button reason={reason} onClick={() => void endAll()} className="self-start">
            End all sessions
          </Button>
        </>
      )}
    </section>
  )
}
