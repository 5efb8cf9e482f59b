import { useQuery, useQueryClient } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Button } from '../../kit/button'
import { ConfirmDialog } from '../../kit/confirm-dialog'
import { ErrorState, Skeleton } from '../../kit/states'
import { minuteOf } from '../../kit/times'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useMay, useSession } from '../../session/session-context'
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
      className="flex w-[400px] flex-none flex-col gap-5 overflow-auto border-l border-line p-4 max-lg:fixed max-lg:inset-y-11 max-lg:right-0 max-lg:z-20 max-lg:w-[min(400px,100vw)] max-lg:bg-raised max-lg:shadow-float max-sm:bottom-16"
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
          <UserActions
            id={user.id}
            email={user.email}
            isBlocked={user.account.blocked_at !== null}
            onDeleted={onClose}
          />
          <UserSessions userId={user.id} />
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

interface UserActionsProps {
  readonly id: string
  readonly email: string
  readonly isBlocked: boolean
  readonly onDeleted: () => void
}

function UserActions({ id, email, isBlocked, onDeleted }: UserActionsProps) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const reason = useMay('users:write') ? null : 'Your role cannot change users.'
  const [isDeleting, setDeleting] = useState(false)
  const params = { id }
  const act = async (run: () => Promise<unknown>, title: string, undo?: () => Promise<unknown>) => {
    try {
      await run()
      toast({ title, ...(undo && { action: { label: 'Undo', run: () => void act(undo, `Undone: ${title}`) } }) })
    } catch (failure) {
      toast({ kind: 'error', title: `${email} was not changed`, description: messageOf(failure) })
    }
    await Promise.all([
      queries.invalidateQueries({ queryKey: ['users'] }),
      queries.invalidateQueries({ queryKey: ['user', id] }),
      queries.invalidateQueries({ queryKey: ['sessions', id] }),
    ])
  }
  const [block, unblock] = [() => admin.blockUser({ params }), () => admin.unblockUser({ params })]
  return (
    <div className="flex flex-wrap gap-2">
      {isBlocked ? (
        <Button reason={reason} onClick={() => void act(unblock, `Unblocked ${email}`, block)}>
          Unblock
        </Button>
      ) : (
        <Button reason={reason} onClick={() => void act(block, `Blocked ${email}`, unblock)}>
          Block
        </Button>
      )}
      <Button
        reason={reason}
        onClick={() =>
          void act(() => admin.resetUserPassword({ params, body: {} }), `Sent ${email} a link to choose a password`)
        }
      >
        Reset password
      </Button>
      <Button kind="danger" reason={reason} onClick={() => setDeleting(true)}>
        Delete
      </Button>
      {isDeleting && (
        <ConfirmDialog
          title={`Delete ${email}`}
          action={`Delete ${email}`}
          onClose={() => setDeleting(false)}
          run={async () => {
            await admin.deleteUser({ params })
            toast({ title: `Deleted ${email}` })
            onDeleted()
            await queries.invalidateQueries({ queryKey: ['users'] })
          }}
        >
          Their sessions end at once. What refers to them is deleted or emptied as the schema says, or forbids deleting
          them; to keep everything, block them.
        </ConfirmDialog>
      )}
    </div>
  )
}
