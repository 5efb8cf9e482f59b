import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import type { ReactNode } from 'react'
import { AppLink } from '../../kit/app-link'
import { Button } from '../../kit/button'
import { ErrorState, Skeleton } from '../../kit/states'
import { minuteOf } from '../../kit/times'
import { useSession } from '../../session/session-context'
import { UserActions } from './user-actions'
import { UserActivity } from './user-activity'
import { UserProfile } from './user-profile'
import { UserSessions } from './user-sessions'
import { UserState } from './user-state'

/** Fields of a user that have a place of their own in the panel. */
const PLACED = new Set(['id', 'email', 'role', 'verified', 'created_at', 'updated_at', 'account'])

/** One user, beside the list: who they are, how they sign in, what can be done. */
export function UserPanel({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const { admin } = useSession()
  const {
    data: user,
    error,
    refetch,
  } = useQuery({ queryKey: ['user', id], queryFn: () => admin.getUser({ params: { id } }) })
  return (
    <aside
      aria-label="User"
      className="flex w-[400px] flex-none flex-col gap-5 overflow-auto border-l border-line p-4 max-lg:absolute max-lg:inset-y-0 max-lg:right-0 max-lg:z-20 max-lg:w-[min(400px,100vw)] max-lg:bg-raised max-lg:shadow-float"
    >
      <div className="flex items-start gap-2">
        <h2 className="min-w-0 flex-1 text-title font-semibold break-words">
          {user === undefined ? 'User' : user.account.anonymous ? 'Anonymous user' : user.email}
        </h2>
        <Button kind="quiet" aria-label="Close" onClick={onClose} className="px-2">
          <X aria-hidden="true" size={16} strokeWidth={1.5} />
        </Button>
      </div>
      {error !== null && <ErrorState what="The user could not be read" error={error} onRetry={() => void refetch()} />}
      {user === undefined && error === null && <Skeleton className="h-[200px] w-full" />}
      {user !== undefined && (
        <>
          <UserState user={user} />
          <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5">
            <Entry name="Id">
              <code className="font-mono text-code break-all">{user.id}</code>
            </Entry>
            <Entry name="Role">{user.role}</Entry>
            {user.account.block_reason !== null && <Entry name="Blocked for">{user.account.block_reason}</Entry>}
            {user.account.last_sign_in_at !== null && (
              <Entry name="Last sign-in">{minuteOf(user.account.last_sign_in_at)}</Entry>
            )}
            {user.created_at !== undefined && <Entry name="Created">{minuteOf(user.created_at)}</Entry>}
            <Entry name="Signs in by">{waysToSignIn(user.account).join(', ') || 'links in mails'}</Entry>
            {Object.entries(user)
              .filter(([name, value]) => !PLACED.has(name) && value !== null)
              .map(([name, value]) => (
                <Entry key={name} name={name}>
                  <span className="break-words whitespace-pre-wrap">
                    {typeof value === 'string' ? value : JSON.stringify(value, null, 2)}
                  </span>
                </Entry>
              ))}
          </dl>
          <UserActions user={user} onDeleted={onClose} />
          <UserProfile key={user.id} id={user.id} name={user.account.anonymous ? 'an anonymous user' : user.email} />
          <UserSessions userId={user.id} />
          <UserActivity userId={user.id} />
          <nav aria-label="More about the user" className="flex flex-wrap gap-x-4 gap-y-1">
            <AppLink href={`/data/users/${encodeURIComponent(user.id)}`} className="text-link hover:underline">
              As a document
            </AppLink>
            <AppLink
              href={`/data/users/${encodeURIComponent(user.id)}?tab=links`}
              className="text-link hover:underline"
            >
              What refers to them
            </AppLink>
          </nav>
        </>
      )}
    </aside>
  )
}

function Entry({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-text-2">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  )
}

interface Account {
  readonly has_password: boolean
  readonly providers: readonly string[]
  readonly passkeys: number
}

function waysToSignIn({ has_password, providers, passkeys }: Account): readonly string[] {
  const keys = passkeys === 1 ? 'a passkey' : `${passkeys} passkeys`
  return [...(has_password ? ['password'] : []), ...providers, ...(passkeys > 0 ? [keys] : [])]
}
