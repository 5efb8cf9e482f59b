import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { CopyField } from '../../kit/copy-field'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { SelectField } from '../../kit/select-field'
import { TextField } from '../../kit/text-field'
import { useForm } from '../../kit/use-form'
import { useSession } from '../../session/session-context'
import { ROLES, type Role } from './roles'

/** Adds an operator, who chooses a password by a link. */
export function NewOperatorDialog({ onClose }: { readonly onClose: () => void }) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const [added, setAdded] = useState<{ readonly email: string; readonly link: string } | null>(null)
  const form = useForm(async (given) => {
    const body = { email: String(given.get('email')), role: given.get('role') as Role }
    const { email, link } = await admin.createOperator({ body })
    await queries.invalidateQueries({ queryKey: ['operators'] })
    if (link === null) onClose()
    else setAdded({ email, link })
  })
  if (added !== null) {
    return (
      <Dialog title={`Send this link to ${added.email}`} isOpen>
        <p className="text-md text-text-2">They choose a password with it. It works once, and is shown only now.</p>
        <CopyField label="Link to choose a password" text={added.link} />
        <Button kind="primary" onClick={onClose}>
          Done
        </Button>
      </Dialog>
    )
  }
  return (
    <Dialog title="Add an operator" isOpen onClose={onClose}>
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <TextField label="Email address" name="email" type="email" required autoFocus error={form.fieldErrors.email} />
        <SelectField label="Role" name="role" options={ROLES} defaultValue="editor" />
        {form.error !== null && <FormError>{form.error}</FormError>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" isBusy={form.isBusy}>
            Add operator
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
