import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { TextField } from '../../kit/text-field'
import { useToast } from '../../kit/toast'
import { useForm } from '../../kit/use-form'
import { useOperator } from '../../session/session-context'
import type { DataSearch } from '../data-search'
import type { Views } from './use-views'

export interface SaveViewDialogProps {
  readonly views: Views
  readonly search: DataSearch
  onSaved(title: string): void
  onClose(): void
}

/** Keeps what is seen under a name, below the collection. */
export function SaveViewDialog({ views, search, onSaved, onClose }: SaveViewDialogProps) {
  const { role } = useOperator()
  const toast = useToast()
  const form = useForm(async (given) => {
    const title = String(given.get('title')).trim()
    await views.save({ title, search, isShared: given.get('shared') === 'on' })
    toast({ title: `Saved the view ${title}` })
    onSaved(title)
  })
  return (
    <Dialog title="Save view" isOpen onClose={onClose}>
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <TextField
          label="Name"
          name="title"
          required
          maxLength={100}
          defaultValue={search.view}
          autoFocus
          hint="Filters, order and columns. A view of the same name is replaced."
        />
        <label
          className="flex items-center gap-2"
          title={role === 'viewer' ? 'Your role cannot share views.' : undefined}
        >
          <input type="checkbox" name="shared" disabled={role === 'viewer'} className="size-4 accent-accent" />
          Share it with all operators
        </label>
        {form.error !== null && <FormError>{form.error}</FormError>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" isBusy={form.isBusy}>
            Save view
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
