import { useQueryClient } from '@tanstack/react-query'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { TextField } from '../../kit/text-field'
import { useToast } from '../../kit/toast'
import { useForm } from '../../kit/use-form'
import { useSession } from '../../session/session-context'

export function NewUserDialog({ onClose }: { readonly onClose: () => void }) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const form = useForm(async (given) => {
    const password = String(given.get('password'))
    const made = await admin.createUser({
      body: {
        email: String(given.get('email')),
        ...(password !== '' && { password }),
        ...(given.get('verified') !== null && { verified: true }),
      },
    })
    await queries.invalidateQueries({ queryKey: ['users'] })
    toast({ title: `Created ${made.email}` })
    onClose()
  })
  return (
    <Dialog title="New user" isOpen onClose={onClose}>
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <TextField label="Email address" name="email" type="email" required autoFocus error={form.fieldErrors.email} />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          hint="Without one they sign in by mail, or choose one by resetting it."
          error={form.fieldErrors.password}
        />
        <label className="flex items-center gap-2">
          <input type="checkbox" name="verified" className="size-4 accent-accent" />
          The address is known to be theirs
        </label>
        {form.error !== null && <FormError>{form.error}</FormError>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" isBusy={form.isBusy}>
            Create user
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
