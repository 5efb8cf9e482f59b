import { Button } from '../kit/button'
import { Dialog } from '../kit/dialog'
import { FormError } from '../kit/form-error'
import { TextField } from '../kit/text-field'
import { useForm } from '../kit/use-form'
import { factorOf } from './factor-of'
import { useOperator, useSession } from './session-context'

/** What an operator is asked for again: as the details of the admin API's error say. */
export type ProofKind = 'second_factor_required' | 'password_required'

export function isProofKind(code: string): code is ProofKind {
  return code === 'second_factor_required' || code === 'password_required'
}

export interface ProofDialogProps {
  readonly kind: ProofKind
  /** What it is asked for. */
  readonly reason: string
  /** The session has been proved. */
  onProved(): void
  onClose(): void
}

/** Asks an operator who is signed in to show that it is still them. */
export function ProofDialog({ kind, reason, onProved, onClose }: ProofDialogProps) {
  const { admin } = useSession()
  const { email } = useOperator()
  const form = useForm(async (given) => {
    const text = (name: string) => String(given.get(name) ?? '')
    await admin.proveOperator({
      body: kind === 'password_required' ? { password: text('password') } : factorOf(text('code')),
    })
    onProved()
  })
  return (
    <Dialog title="Confirm that it is you" isOpen onClose={onClose}>
      <p className="text-md">
        {reason} You are signed in as <span className="break-all">{email}</span>.
      </p>
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        {kind === 'password_required' ? (
          <TextField
            label="Password"
            name="password"
            type="password"
            autoComplete="current-password"
            required
            autoFocus
            error={form.fieldErrors.password}
          />
        ) : (
          <TextField
            label="Code of your authenticator app"
            hint="Or one of your recovery codes."
            name="code"
            autoComplete="one-time-code"
            required
            autoFocus
            error={form.fieldErrors.code}
          />
        )}
        {form.error !== null && <FormError>{form.error}</FormError>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" isBusy={form.isBusy}>
            Confirm
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
