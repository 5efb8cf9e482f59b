import { Dialog } from '../kit/dialog'
import type { Operator } from './operator-session'
import { SignInForm } from './sign-in-form'

/** Over the page: nothing that was typed there is lost. */
export function SignInDialog({ operator }: { readonly operator: Operator }) {
  return (
    <Dialog title="Your session has ended" isOpen>
      <p className="text-md text-text-2">Sign in again as {operator.email} to go on where you were.</p>
      <SignInForm email={operator.email} />
    </Dialog>
  )
}
