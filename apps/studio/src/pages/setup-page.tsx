import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { Button } from '../kit/button'
import { CenteredPage } from '../kit/centered-page'
import { FormError } from '../kit/form-error'
import { TextField } from '../kit/text-field'
import { useForm } from '../kit/use-form'
import { useSession } from '../session/session-context'

/** Makes the first operator, by the link that the first start has printed. Its secret is behind the #, which browsers do not send. */
export function SetupPage() {
  const session = useSession()
  const navigate = useNavigate()
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token'))
  // Whoever looks over a shoulder, and the history of the browser, need not have it.
  useEffect(() => history.replaceState(history.state, '', location.pathname), [])
  const form = useForm(async (given) => {
    const body = { token: token ?? '', email: String(given.get('email')), password: String(given.get('password')) }
    session.accept(await session.admin.setUpFirstOperator({ query: { cookies: true }, body }))
    await navigate({ to: '/', replace: true, hash: '' })
  })

  if (token === null) {
    return (
      <CenteredPage title="This link is not complete">
        <p className="text-md text-text-2">
          Open the whole link that the server printed at its first start. If somebody has used it already,{' '}
          <Link to="/" className="text-link underline">
            sign in
          </Link>
          .
        </p>
      </CenteredPage>
    )
  }
  return (
    <CenteredPage title="Set up this server">
      <p className="text-md text-text-2">You will be its first operator, with the right to everything.</p>
      <form onSubmit={form.onSubmit} className="flex flex-col gap-4">
        <TextField
          label="Email address"
          name="email"
          type="email"
          autoComplete="username"
          required
          autoFocus
          error={form.fieldErrors.email}
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          required
          error={form.fieldErrors.password}
        />
        {form.error !== null && <FormError>{form.error}</FormError>}
        <Button kind="primary" type="submit" isBusy={form.isBusy}>
          Set up
        </Button>
      </form>
    </CenteredPage>
  )
}
