import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { AppLink } from '../../kit/app-link'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { Skeleton } from '../../kit/states'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useSession } from '../../session/session-context'
import { PROJECT } from '../../shell/project'
import { ReassignForm } from './reassign-form'
import { type UserReference, useUserReferences } from './user-references'

interface DeleteUserDialogProps {
  readonly id: string
  readonly email: string
  readonly isBlocked: boolean
  /** Blocks them instead. */
  readonly onBlock: () => void
  readonly onDeleted: () => void
  readonly onClose: () => void
}

const EFFECTS = {
  cascade: 'are deleted with them, and what hangs on those',
  'set null': 'stay, and lose the reference',
  restrict: 'forbid it: give them to somebody else first, or block the user',
} as const

/** Says what a deletion takes along and what is in its way, before it happens. */
export function DeleteUserDialog({ id, email, isBlocked, onBlock, onDeleted, onClose }: DeleteUserDialogProps) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const { found, error } = useUserReferences(id)
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const [moving, setMoving] = useState<UserReference | null>(null)
  const isHeld = found?.some(({ onDelete }) => onDelete === 'restrict') ?? false
  async function remove(): Promise<void> {
    setBusy(true)
    try {
      await admin.deleteUser({ params: { id } })
      toast({ title: `Deleted ${email}` })
      onClose()
      onDeleted()
      await queries.invalidateQueries({ queryKey: ['users'] })
    } catch (thrown) {
      setFailure(messageOf(thrown))
      setBusy(false)
    }
  }
  return (
    <Dialog title={`Delete ${email}`} isOpen onClose={onClose}>
      <div className="flex flex-col gap-3 text-md text-text-2">
        <p>
          {PROJECT.environment === 'production' && 'In production: '}The account, its sessions, second factors and
          identities go at once.
        </p>
        {error !== null && <FormError>What refers to them could not be counted: {error.message}</FormError>}
        {found === undefined && error === null && <Skeleton className="h-16 w-full" />}
        {found?.length === 0 && <p>Nothing refers to them.</p>}
        {found !== undefined && found.length > 0 && (
          <ul aria-label="What refers to them" className="divide-y divide-line rounded-panel border border-line">
            {found.map((one) => (
              <li key={`${one.collection} ${one.field}`} className="flex items-baseline gap-3 px-3 py-2">
                <span className="min-w-0 flex-1">
                  <AppLink
                    href={`/data/${encodeURIComponent(one.collection)}?filter=${encodeURIComponent(JSON.stringify([`${one.field}:eq:${id}`]))}`}
                    className="text-link underline"
                  >
                    {one.count.toLocaleString('en')} {one.collection}
                  </AppLink>{' '}
                  by {one.field}{' '}
                  <span className={one.onDelete === 'restrict' ? 'text-danger-text' : undefined}>
                    {EFFECTS[one.onDelete]}
                  </span>
                </span>
                <Button onClick={() => setMoving(one)}>Reassign</Button>
              </li>
            ))}
          </ul>
        )}
        {moving !== null && (
          <ReassignForm
            key={`${moving.collection} ${moving.field}`}
            from={id}
            reference={moving}
            onDone={() => setMoving(null)}
          />
        )}
      </div>
      {failure !== null && <FormError>{failure}</FormError>}
      <div className="flex flex-wrap justify-end gap-2">
        <Button autoFocus onClick={onClose}>
          Cancel
        </Button>
        {!isBlocked && <Button onClick={onBlock}>Block instead</Button>}
        <Button
          kind="danger"
          isBusy={isBusy}
          reason={isHeld ? 'Documents that refer to them forbid it: reassign them, or block the user.' : null}
          onClick={() => void remove()}
        >
          Delete {email}
        </Button>
      </div>
    </Dialog>
  )
}
