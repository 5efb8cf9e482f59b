import type { PreviewRestoreResponse } from '@koyalite/client/admin'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { ErrorState, Skeleton } from '../../kit/states'
import { TextField } from '../../kit/text-field'
import { minuteOf } from '../../kit/times'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useSession } from '../../session/session-context'
import { PROJECT } from '../../shell/project'
import type { Backup } from './backups'
import { restoreAndWait } from './restore-and-wait'

export interface RestoreDialogProps {
  readonly backup: Backup
  readonly onClose: () => void
}

/** Says what going back means, and goes back when the name of the project was typed. */
export function RestoreDialog({ backup, onClose }: RestoreDialogProps) {
  const session = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const [typed, setTyped] = useState('')
  const [step, setStep] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const { data, error, refetch } = useQuery({
    queryKey: ['restore', backup.name],
    queryFn: () => session.admin.previewRestore({ params: { name: backup.name } }),
    gcTime: 0,
  })
  const when = backup.created_at === null ? backup.name : minuteOf(backup.created_at)
  async function restore(): Promise<void> {
    setProblem(null)
    try {
      const done = await restoreAndWait(session.admin, { name: backup.name, confirm: typed, onStep: setStep })
      await queries.invalidateQueries()
      if (done.problem === undefined) {
        toast({ title: `Restored ${when}`, description: `How it was before is in ${done.before ?? 'a backup'}` })
      }
      onClose()
    } catch (failure) {
      setProblem(messageOf(failure))
      setStep(null)
    }
  }
  return (
    <Dialog title={`Go back to ${when}`} isOpen {...(step === null && { onClose })}>
      {error !== null && (
        <ErrorState what="What it means could not be found out" error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <Skeleton className="h-[120px] w-full" />}
      {data !== undefined && <Effect effect={data} />}
      <ul className="flex list-disc flex-col gap-1 pl-5 text-text-2">
        <li>A backup of now is made first: restoring that undoes this.</li>
        <li>Operators, their sign-ins, service keys and the audit log stay as they are now.</li>
        <li>The server starts again: requests wait a moment, live clients reconnect.</li>
      </ul>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (typed === PROJECT.name && step === null) void restore()
        }}
      >
        <TextField
          label={`Type the name of the project, ${PROJECT.name}`}
          value={typed}
          autoComplete="off"
          onChange={({ target }) => setTyped(target.value)}
          hint={`Environment: ${PROJECT.environment}`}
        />
        {problem !== null && <FormError>{problem}</FormError>}
        <p role="status" className="text-text-2">
          {step}
        </p>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose} reason={step === null ? null : 'It is under way.'}>
            Cancel
          </Button>
          <Button
            type="submit"
            kind="danger"
            isBusy={step !== null}
            reason={typed === PROJECT.name ? null : 'Type the name of the project first.'}
          >
            Restore {PROJECT.name}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function Effect({ effect }: { readonly effect: PreviewRestoreResponse }) {
  const { collections, unknown, schema_differs } = effect
  return (
    <div className="flex flex-col gap-2">
      {collections === null && <p>How much changed since is not known. {unknown}</p>}
      {collections?.length === 0 && <p>No document has changed since.</p>}
      {collections !== null && collections.length > 0 && (
        <table className="w-full text-left">
          <caption className="sr-only">What becomes of documents</caption>
          <thead className="text-sm text-text-2">
            <tr>
              {['Collection', 'Come back', 'Will be lost', 'Go back'].map((name, index) => (
                <th key={name} scope="col" className={`h-7 font-medium ${index > 0 ? 'text-right' : ''}`}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {collections.map(({ collection, returned, lost, undone }) => (
              <tr key={collection}>
                <th scope="row" className="h-8 pr-3 font-normal break-all">
                  {collection}
                </th>
                <td className="text-right">{returned.toLocaleString('en')}</td>
                <td className={`text-right ${lost > 0 ? 'font-medium text-danger-text' : ''}`}>
                  {lost.toLocaleString('en')}
                </td>
                <td className="text-right">{undone.toLocaleString('en')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {schema_differs && <p>The schema was another one then. Its tables are migrated to schema.yaml as it is now.</p>}
    </div>
  )
}
