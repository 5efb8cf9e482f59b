import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ConfirmDialog } from '../../kit/confirm-dialog'
import { useToast } from '../../kit/toast'
import { useSession } from '../../session/session-context'
import type { ShownSecret } from './secret-dialog'

export interface RotateDialogProps {
  readonly name: string
  readonly onSecret: (secret: ShownSecret) => void
  readonly onClose: () => void
}

/** Another secret, which is shown once. */
export function RotateDialog({ name, onSecret, onClose }: RotateDialogProps) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const [revoke, setRevoke] = useState(false)
  async function rotate(): Promise<void> {
    const { secret } = await admin.rotateWebhookSecret({ params: { name }, body: { revoke } })
    await queries.invalidateQueries({ queryKey: ['webhooks'] })
    toast({ title: `Rotated the secret of ${name}` })
    onSecret({ name, secret })
  }
  return (
    <ConfirmDialog title={`Rotate the secret of ${name}`} action="Rotate the secret" run={rotate} onClose={onClose}>
      <p>
        {revoke
          ? 'The old secret ends at once: events are refused until the receiver has the new one.'
          : 'Events are signed with both for 24 hours, so that the receiver can change.'}
      </p>
      <label className="flex items-center gap-2 pt-3 text-text">
        <input
          type="checkbox"
          checked={revoke}
          onChange={({ target }) => setRevoke(target.checked)}
          className="size-4 accent-accent"
        />
        Revoke the old one now: it has become known
      </label>
    </ConfirmDialog>
  )
}
