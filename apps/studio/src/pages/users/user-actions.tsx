import type { GetUserResponse } from '@koyalite/client/admin'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { ConfirmDialog } from '../../kit/confirm-dialog'
import { studioAddress } from '../../kit/studio-path'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useMay, useSession } from '../../session/session-context'
import { useKeys } from '../../shell/keyboard'
import { BlockDialog } from './block-dialog'
import { DeleteUserDialog } from './delete-user-dialog'
import { ImpersonationDialog } from './impersonation-dialog'

interface UserActionsProps {
  readonly user: GetUserResponse
  readonly onDeleted: () => void
}

type Asked = 'block' | 'delete' | 'impersonate' | 'mfa'

/** What can be done with a user. */
export function UserActions({ user, onDeleted }: UserActionsProps) {
  const { id, email, verified, account } = user
  const { admin } = useSession()
  const queries = useQueryClient()
  const router = useRouter()
  const toast = useToast()
  const reason = useMay('users:write') ? null : 'Your role cannot change users.'
  const asReason = useMay('impersonation:write') ? null : 'Your role cannot act as a user.'
  const [asked, setAsked] = useState<Asked | null>(null)
  const params = { id }
  const isBlocked = account.blocked_at !== null
  const refresh = () =>
    Promise.all(['users', 'user', 'sessions'].map((name) => queries.invalidateQueries({ queryKey: [name] })))
  const act = async (run: () => Promise<unknown>, title: string, undo?: () => Promise<unknown>) => {
    try {
      await run()
      toast({ title, ...(undo && { action: { label: 'Undo', run: () => void act(undo, `Undone: ${title}`) } }) })
    } catch (failure) {
      toast({ kind: 'error', title: `${email} was not changed`, description: messageOf(failure) })
    }
    await refresh()
  }
  const block = (body = {}) => admin.blockUser({ params, body })
  const unblock = () => admin.unblockUser({ params })
  // Their block had a reason and an end: so it comes back.
  const blockAgain = () =>
    block({
      ...(account.block_reason !== null && { reason: account.block_reason }),
      ...(account.blocked_until !== null && { until: account.blocked_until }),
    })
  const viewAs = () => router.history.push(studioAddress(`/data?as=${encodeURIComponent(`user:${id}`)}`))
  useKeys({
    ...(reason === null && !isBlocked && { block: () => setAsked('block') }),
    ...(asReason === null && { viewAs }),
  })
  const close = () => setAsked(null)
  return (
    <div className="flex flex-wrap gap-2">
      {isBlocked ? (
        <Button reason={reason} onClick={() => void act(unblock, `Unblocked ${email}`, blockAgain)}>
          Unblock
        </Button>
      ) : (
        <Button reason={reason} title="Block (b)" onClick={() => setAsked('block')}>
          Block
        </Button>
      )}
      <Button reason={asReason} title="View as (v)" onClick={viewAs}>
        View as
      </Button>
      <Button
        reason={reason}
        onClick={() =>
          void act(() => admin.resetUserPassword({ params, body: {} }), `Sent ${email} a link to choose a password`)
        }
      >
        Reset password
      </Button>
      {!verified && !account.anonymous && (
        <Button
          reason={reason}
          onClick={() =>
            void act(
              () => admin.updateUser({ params, body: { verified: true } }),
              `${email} is verified now`,
              () => admin.updateUser({ params, body: { verified: false } }),
            )
          }
        >
          Verify
        </Button>
      )}
      {account.mfa && (
        <Button reason={reason} onClick={() => setAsked('mfa')}>
          Remove second factor
        </Button>
      )}
      <Button reason={asReason} onClick={() => setAsked('impersonate')}>
        Impersonate
      </Button>
      <Button kind="danger" reason={reason} onClick={() => setAsked('delete')}>
        Delete
      </Button>
      {asked === 'block' && (
        <BlockDialog
          email={email}
          onClose={close}
          run={async (body) => {
            await block(body)
            toast({
              title: `Blocked ${email}`,
              action: { label: 'Undo', run: () => void act(unblock, `Unblocked ${email}`) },
            })
            await refresh()
          }}
        />
      )}
      {asked === 'impersonate' && <ImpersonationDialog id={id} email={email} onClose={close} />}
      {asked === 'mfa' && (
        <ConfirmDialog
          title={`Remove the second factor of ${email}`}
          action="Remove second factor"
          onClose={close}
          run={async () => {
            await admin.removeUserMfa({ params })
            toast({ title: `Removed the second factor of ${email}` })
            await refresh()
          }}
        >
          For somebody who has lost their app and their recovery codes. They then sign in without it, and can set up
          another.
        </ConfirmDialog>
      )}
      {asked === 'delete' && (
        <DeleteUserDialog
          id={id}
          email={email}
          isBlocked={isBlocked}
          onBlock={() => setAsked('block')}
          onDeleted={onDeleted}
          onClose={close}
        />
      )}
    </div>
  )
}
