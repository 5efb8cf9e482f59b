import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Badge } from '../kit/badge'
import { Button } from '../kit/button'
import { FormError } from '../kit/form-error'
import { Page } from '../kit/page'
import { ErrorState, Skeleton } from '../kit/states'
import { TextField } from '../kit/text-field'
import { useToast } from '../kit/toast'
import { useForm } from '../kit/use-form'
import { useOperator, useSession } from '../session/session-context'
import { EnrollDialog } from './account/enroll-dialog'
import { FactorCodeDialog } from './account/factor-code-dialog'

/** What is the operator's own: their password and their second factor. */
export function AccountPage() {
  const { email, role } = useOperator()
  return (
    <Page title="Your account">
      <p className="text-md text-text-2">
        {email}, {role}
      </p>
      <Password />
      <SecondFactor />
    </Page>
  )
}

function Password() {
  const { admin } = useSession()
  const toast = useToast()
  const [version, setVersion] = useState(0)
  const form = useForm(async (given) => {
    await admin.changeOperatorPassword({
      body: {
        current_password: String(given.get('current_password')),
        new_password: String(given.get('new_password')),
      },
    })
    toast({ title: 'Changed your password', description: 'Your other sessions have ended.' })
    setVersion((before) => before + 1)
  })
  return (
    <section aria-labelledby="password" className="flex flex-col gap-3">
      <h2 id="password" className="text-md font-semibold">
        Password
      </h2>
      <form key={version} onSubmit={form.onSubmit} className="flex max-w-[360px] flex-col gap-3">
        <TextField
          label="Current password"
          name="current_password"
          type="password"
          autoComplete="current-password"
          required
          error={form.fieldErrors.current_password}
        />
        <TextField
          label="New password"
          name="new_password"
          type="password"
          autoComplete="new-password"
          required
          error={form.fieldErrors.new_password}
        />
        {form.error !== null && <FormError>{form.error}</FormError>}
        <Button kind="primary" type="submit" isBusy={form.isBusy} className="self-start">
          Change password
        </Button>
      </form>
    </section>
  )
}

function SecondFactor() {
  const { admin } = useSession()
  const { data, error, refetch } = useQuery({ queryKey: ['own-factors'], queryFn: () => admin.getOperatorFactors() })
  const [dialog, setDialog] = useState<'enroll' | 'codes' | 'off' | null>(null)
  function close(): void {
    setDialog(null)
    void refetch()
  }
  return (
    <section aria-labelledby="factor" className="flex flex-col gap-3">
      <h2 id="factor" className="text-md font-semibold">
        Second factor
      </h2>
      {error !== null && <ErrorState what="It could not be read" error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton className="h-16 w-full" />}
      {data?.totp === false && (
        <>
          <p className="max-w-[560px] text-text-2">
            With a code of an authenticator app, a password alone opens nothing. This account can change everything that
            its role may.
          </p>
          <Button className="self-start" onClick={() => setDialog('enroll')}>
            Set up an authenticator app
          </Button>
        </>
      )}
      {data?.totp === true && (
        <>
          <p className="flex flex-wrap items-center gap-2 text-text-2">
            <Badge kind="success">authenticator app</Badge>
            {data.recovery_codes_left} recovery codes left
          </p>
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => setDialog('codes')}>New recovery codes</Button>
            <Button onClick={() => setDialog('off')}>Remove</Button>
          </div>
        </>
      )}
      {dialog === 'enroll' && <EnrollDialog onClose={close} />}
      {(dialog === 'codes' || dialog === 'off') && <FactorCodeDialog purpose={dialog} onClose={close} />}
    </section>
  )
}
