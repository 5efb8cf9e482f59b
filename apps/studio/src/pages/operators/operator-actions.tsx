import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { ConfirmDialog } from '../../kit/confirm-dialog'
import { CopyField } from '../../kit/copy-field'
import { Dialog } from '../../kit/dialog'
import { MoreItem, MoreMenu } from '../../kit/more-menu'
import { useToast } from '../../kit/toast'
import { useSession } from '../../session/session-context'

interface OperatorActionsProps {
  readonly operator: {
    readonly id: string
    readonly email: string
    readonly mfa: boolean
    readonly sessions: number
    readonly disabled_at: string | null
  }
  /** Why the one who looks may not do it. */
  readonly reason: string | null
  readonly onDisable: () => void
  readonly onDelete: () => void
}

/** What is done with an operator: also for one who cannot sign in any more, or should not be signed in. */
export function OperatorActions({ operator, reason, onDisable, onDelete }: OperatorActionsProps) {
  const { id, email, mfa, sessions, disabled_at } = operator
  const { admin } = useSession()
  const toast = useToast()
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries({ queryKey: ['operators'] })
  const [asked, setAsked] = useState<'password' | 'factor' | 'sessions' | null>(null)
  const [link, setLink] = useState<string | null>(null)
  const params = { id }
  return (
    <>
      <MoreMenu label={`Actions for ${email}`}>
        <MoreItem reason={reason} onClick={onDisable}>
          {disabled_at === null ? 'Disable' : 'Enable'}
        </MoreItem>
        <MoreItem reason={reason} onClick={() => setAsked('password')}>
          Reset password
        </MoreItem>
        <MoreItem reason={reason ?? (mfa ? null : 'They have none.')} onClick={() => setAsked('factor')}>
          Remove second factor
        </MoreItem>
        <MoreItem
          reason={reason ?? (sessions > 0 ? null : 'They are not signed in anywhere.')}
          onClick={() => setAsked('sessions')}
        >
          End sessions
        </MoreItem>
        <MoreItem isDanger reason={reason} onClick={onDelete}>
          Delete
        </MoreItem>
      </MoreMenu>
      {asked === 'password' && (
        <ConfirmDialog
          title={`Reset the password of ${email}`}
          action="Reset password"
          onClose={() => setAsked(null)}
          run={async () => {
            setLink((await admin.resetOperatorPassword({ params, body: {} })).link)
            await refresh()
          }}
        >
          Their password no longer works, and all their sessions end. You get a link with which they choose another.
        </ConfirmDialog>
      )}
      {asked === 'factor' && (
        <ConfirmDialog
          title={`Remove the second factor of ${email}`}
          action="Remove second factor"
          onClose={() => setAsked(null)}
          run={async () => {
            await admin.removeOperatorMfa({ params })
            toast({ title: `Removed the second factor of ${email}` })
            await refresh()
          }}
        >
          For somebody who has lost their app and their recovery codes. Their password alone then signs them in.
        </ConfirmDialog>
      )}
      {asked === 'sessions' && (
        <ConfirmDialog
          title={`End the sessions of ${email}`}
          action="End all sessions"
          onClose={() => setAsked(null)}
          run={async () => {
            const { ended } = await admin.endOperatorSessions({ params })
            toast({ title: `Ended ${ended} ${ended === 1 ? 'session' : 'sessions'} of ${email}` })
            await refresh()
          }}
        >
          They are signed out everywhere at once, and so is what they have begun as a user. They can sign in again: to
          keep them out, disable them.
        </ConfirmDialog>
      )}
      {link !== null && (
        <Dialog title={`Send this link to ${email}`} isOpen>
          <p className="text-md text-text-2">They choose a password with it. It works once, and is shown only now.</p>
          <CopyField label="Link to choose a password" text={link} />
          <Button kind="primary" onClick={() => setLink(null)}>
            Done
          </Button>
        </Dialog>
      )}
    </>
  )
}
