import { useState } from 'react'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { TextField } from '../../kit/text-field'
import { useToast } from '../../kit/toast'
import { useForm } from '../../kit/use-form'
import { useSession } from '../../session/session-context'
import { RecoveryCodes } from './recovery-codes'

interface FactorCodeDialogProps {
  /** `codes`: new recovery codes; `off`: no second factor any more. */
  readonly purpose: 'codes' | 'off'
  readonly onClose: () => void
}

/** What is done with a second factor takes one. */
export function FactorCodeDialog({ purpose, onClose }: FactorCodeDialogProps) {
  const { admin } = useSession()
  const toast = useToast()
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const form = useForm(async (given) => {
    const text = String(given.get('code')).trim()
    const code = text.replaceAll(' ', '')
    const body = /^\d{6}$/.test(code) ? { code } : { recovery_code: text }
    if (purpose === 'codes') {
      setCodes((await admin.renewOperatorRecoveryCodes({ body })).recovery_codes)
      return
    }
    await admin.disableOperatorTotp({ body })
    toast({ title: 'Removed your second factor' })
    onClose()
  })
  if (codes !== null) return <RecoveryCodes codes={codes} onClose={onClose} />
  const action = purpose === 'codes' ? 'Make new codes' : 'Remove second factor'
  return (
    <Dialog title={purpose === 'codes' ? 'New recovery codes' : 'Remove your second factor'} isOpen onClose={onClose}>
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <TextField
          label="Code of your authenticator app"
          hint="Or one of your recovery codes."
          name="code"
          autoComplete="one-time-code"
          required
          autoFocus
          error={form.fieldErrors.code ?? form.fieldErrors.recovery_code}
        />
        {form.error !== null && <FormError>{form.error}</FormError>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind={purpose === 'off' ? 'danger' : 'primary'} type="submit" isBusy={form.isBusy}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
