import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { Skeleton } from '../../kit/states'
import { TextField } from '../../kit/text-field'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useSession } from '../../session/session-context'

/** What rolling back the last migration means, and doing it once its name is typed. */
export function RollbackDialog({ name, onClose }: { readonly name: string; readonly onClose: () => void }) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const [typed, setTyped] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const { data, error } = useQuery({
    queryKey: ['schema', 'rollback', name],
    queryFn: () => admin.migrate({ body: { action: 'rollback', steps: 1, dry_run: true } }),
    staleTime: 0,
  })
  const [planned] = data !== undefined && 'migrations' in data ? data.migrations : []
  const why =
    planned === undefined
      ? 'Looking at it.'
      : !planned.possible
        ? 'It has no way back.'
        : typed === name
          ? null
          : `Type ${name} to confirm.`
  const run = async () => {
    setBusy(true)
    try {
      await admin.migrate({ body: { action: 'rollback', steps: 1 } })
      toast({ title: `Rolled back ${name}` })
      await queries.invalidateQueries({ queryKey: ['schema'] })
      onClose()
    } catch (problem) {
      setFailure(messageOf(problem))
      setBusy(false)
    }
  }
  return (
    <Dialog title={`Roll back ${name}`} isOpen onClose={onClose}>
      {data === undefined && error === null && <Skeleton className="h-10 w-full" />}
      {error !== null && <FormError>{messageOf(error)}</FormError>}
      {planned?.possible === false && (
        <p className="text-md">It cannot be rolled back: {planned.reasons.join('; ')}.</p>
      )}
      {planned?.possible === true && (
        <>
          <p className="text-md text-text-2">
            {planned.losses.length === 0
              ? 'The tables become what they were; no data is lost.'
              : `The tables become what they were. Not restored: ${planned.losses.join('; ')}.`}{' '}
            schema.yaml and the file stay: change them too, or the migration is pending again. A copy of the database is
            made before.
          </p>
          <TextField
            label={`Type ${name} to confirm`}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
        </>
      )}
      {failure !== null && <FormError>{failure}</FormError>}
      <div className="flex justify-end gap-2">
        <Button autoFocus onClick={onClose}>
          Cancel
        </Button>
        <Button kind="danger" reason={why} isBusy={isBusy} onClick={() => void run()}>
          Roll back {name}
        </Button>
      </div>
    </Dialog>
  )
}
