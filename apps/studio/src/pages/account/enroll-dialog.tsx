import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { CopyField } from '../../kit/copy-field'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { QrCode } from '../../kit/qr-code'
import { Skeleton } from '../../kit/states'
import { TextField } from '../../kit/text-field'
import { useForm } from '../../kit/use-form'
import { useSession } from '../../session/session-context'
import { RecoveryCodes } from './recovery-codes'

/** Ties an authenticator app to the account: it holds once the app has shown a code that fits. */
export function EnrollDialog({ onClose }: { readonly onClose: () => void }) {
  const { admin } = useSession()
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const { data, error } = useQuery({
    queryKey: ['own-factors', 'offer'],
    queryFn: () => admin.enrollOperatorTotp(),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  })
  const form = useForm(async (given) => {
    const code = String(given.get('code')).replaceAll(' ', '')
    setCodes((await admin.activateOperatorTotp({ body: { code } })).recovery_codes)
  })
  if (codes !== null) return <RecoveryCodes codes={codes} onClose={onClose} />
  return (
    <Dialog title="Set up an authenticator app" isOpen onClose={onClose}>
      {error !== null && <FormError>{error.message}</FormError>}
      {data === undefined && error === null && <Skeleton className="h-20 w-full" />}
      {data !== undefined && (
        <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
          <div className="flex flex-wrap items-center gap-4">
            <QrCode label="QR code for the app" text={data.otpauth_url} />
            <p className="min-w-0 flex-1 basis-[200px] text-md text-text-2">
              Scan this code with the app,{' '}
              <a href={data.otpauth_url} className="text-link underline">
                open it in an app on this device
              </a>
              , or enter the secret.
            </p>
          </div>
          <CopyField label="Secret for the app" text={data.secret} />
          <TextField
            label="Code that the app shows"
            name="code"
            autoComplete="one-time-code"
            required
            autoFocus
            error={form.fieldErrors.code}
          />
          {form.error !== null && <FormError>{form.error}</FormError>}
          <div className="flex justify-end gap-2">
            <Button onClick={onClose}>Cancel</Button>
            <Button kind="primary" type="submit" isBusy={form.isBusy}>
              Turn on
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  )
}
