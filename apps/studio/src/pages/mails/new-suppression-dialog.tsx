import { useQueryClient } from '@tanstack/react-query'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { TextField } from '../../kit/text-field'
import { useToast } from '../../kit/toast'
import { useForm } from '../../kit/use-form'
import { useSession } from '../../session/session-context'

/** Stops everything that would be sent to an address. */
export function NewSuppressionDialog({ onClose }: { readonly onClose: () => void }) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const form = useForm(async (given) => {
    const [address, note] = [String(given.get('address')).trim(), String(given.get('note')).trim()]
    await admin.addMailSuppression({ body: { address, ...(note !== '' && { note }) } })
    await queries.invalidateQueries({ queryKey: ['mails', 'suppressions'] })
    toast({ title: `Suppressed ${address}` })
    onClose()
  })
  return (
    <Dialog title="Suppress an address" isOpen onClose={onClose}>
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <p className="text-md text-text-2">It gets no mails any more, not even those that sign somebody in.</p>
        <TextField
          label="Address"
          name="address"
          inputMode="email"
          autoComplete="off"
          autoFocus
          required
          error={form.fieldErrors.address}
        />
        <TextField
          label="Note"
          name="note"
          hint="Why, for other operators"
          maxLength={500}
          error={form.fieldErrors.note}
        />
        {form.error !== null && <FormError>{form.error}</FormError>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" isBusy={form.isBusy}>
            Suppress
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
