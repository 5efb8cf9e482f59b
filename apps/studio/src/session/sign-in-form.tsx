import { AdminApiError } from '@koyalite/client/admin'
import { type FormEvent, useState } from 'react'
import { Button } from '../kit/button'
import { FormError } from '../kit/form-error'
import { TextField } from '../kit/text-field'
import { factorOf } from './factor-of'
import { messageOf, type SignedIn } from './operator-session'
import { useSession } from './session-context'

interface SecondStep {
  readonly mfa_token: string
}

/** Signs in with a password, and the second factor of who has one. @param email of whose session has ended: nobody else can go on with their page */
export function SignInForm({ email }: { readonly email?: string }) {
  const session = useSession()
  const [step, setStep] = useState<SecondStep | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const givenAs = (name: string) => String(given.get(name) ?? '')
    setBusy(true)
    setError(null)
    try {
      const query = { cookies: true }
      const answer: SignedIn | SecondStep | object =
        step === null
          ? await session.admin.loginOperator({
              query,
              body: { email: email ?? givenAs('email'), password: givenAs('password') },
            })
          : await session.admin.verifyOperatorTotp({
              query,
              body: { mfa_token: step.mfa_token, ...factorOf(givenAs('code')) },
            })
      if ('mfa_token' in answer) setStep(answer)
      else if ('operator' in answer) session.accept(answer)
    } catch (failure) {
      setError(messageOf(failure))
      // The first step has to be done again.
      if (failure instanceof AdminApiError && failure.code === 'UNAUTHENTICATED' && step !== null) setStep(null)
    } finally {
      setBusy(false)
    }
  }

  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      {step === null ? (
        <>
          {email === undefined && (
            <TextField label="Email address" name="email" type="email" autoComplete="username" required autoFocus />
          )}
          <TextField
            label="Password"
            name="password"
            type="password"
            autoComplete="current-password"
            required
            autoFocus={email !== undefined}
          />
        </>
      ) : (
        <TextField
          key="code"
          label="Code of your authenticator app"
          hint="Or one of your recovery codes."
          name="code"
          autoComplete="one-time-code"
          required
          autoFocus
        />
      )}
      {error !== null && <FormError>{error}</FormError>}
      <Button kind="primary" type="submit" isBusy={isBusy}>
        Sign in
      </Button>
    </form>
  )
}
