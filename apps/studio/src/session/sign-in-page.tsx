import { CenteredPage } from '../kit/centered-page'
import { SignInForm } from './sign-in-form'

export function SignInPage() {
  return (
    <CenteredPage title="Sign in as an operator">
      <SignInForm />
      <p className="text-sm text-text-3">
        No operator yet? <code className="font-mono">koyalite admin create</code> on the server, or open the link that
        its first start printed.
      </p>
    </CenteredPage>
  )
}
