import { useQueryClient } from '@tanstack/react-query'
import { Button } from '../../kit/button'
import { FormError } from '../../kit/form-error'
import { TextField } from '../../kit/text-field'
import { useToast } from '../../kit/toast'
import { useForm } from '../../kit/use-form'
import { useSession } from '../../session/session-context'
import { useEditingLock } from '../../shell/editing-lock'
import type { UserReference } from './user-references'

interface ReassignFormProps {
  /** Id of the user whose documents they are. */
  readonly from: string
  readonly reference: UserReference
  readonly onDone: () => void
}

/** Gives the documents of one user to another, as one action that can be undone. */
export function ReassignForm({ from, reference: { collection, field, count }, onDone }: ReassignFormProps) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const { reason } = useEditingLock()
  const form = useForm(async (given) => {
    const to = await admin.getUser({ params: { id: String(given.get('to')).trim() } })
    if (to.id === from) throw new Error('This is the same user.')
    await admin.bulkWrite({
      params: { collection },
      body: {
        operation: 'update',
        match: { filter: [JSON.stringify({ [field]: { $eq: from } })] },
        data: { [field]: to.id },
      },
    })
    await queries.invalidateQueries({ queryKey: ['documents', collection] })
    toast({ title: `Gave ${count.toLocaleString('en')} ${collection} to ${to.email}` })
    onDone()
  })
  return (
    <form onSubmit={form.onSubmit} className="flex flex-col gap-2 rounded-panel bg-sunken p-3">
      <TextField
        label={`Give ${count.toLocaleString('en')} ${collection} to`}
        name="to"
        placeholder="Email address or id"
        required
        autoFocus
      />
      {form.error !== null && <FormError>{form.error}</FormError>}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button kind="primary" type="submit" isBusy={form.isBusy} reason={reason}>
          Reassign
        </Button>
      </div>
    </form>
  )
}
