import { useState } from 'react'
import { Button } from '../../kit/button'
import { CopyField } from '../../kit/copy-field'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { messageOf } from '../../session/operator-session'
import { useSession } from '../../session/session-context'

interface ImpersonationDialogProps {
  readonly id: string
  readonly email: string
  readonly onClose: () => void
}

/** A token to try the API as a user, made on demand: it acts, and not only reads. */
export function ImpersonationDialog({ id, email, onClose }: ImpersonationDialogProps) {
  const { admin } = useSession()
  const [token, setToken] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  async function begin(): Promise<void> {
    setBusy(true)
    setError(null)
    try {
      setToken((await admin.impersonateUser({ params: { id } })).access_token)
    } catch (failure) {
      setError(messageOf(failure))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog title={`Impersonate ${email}`} isOpen onClose={onClose}>
      <p className="text-md text-text-2">
        You get an access token that acts as this user for 15 minutes. Everything done with it is audited under both
        names, and their credentials are out of its reach. To look only, use “View as”.
      </p>
      {error !== null && <FormError>{error}</FormError>}
      {token !== null && (
        <>
          <CopyField label="Access token" text={token} />
          <CopyField
            label="A request as this user"
            text={`curl -H 'Authorization: Bearer ${token}' ${location.origin}/api/auth/me`}
          />
        </>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{token === null ? 'Cancel' : 'Done'}</Button>
        {token === null && (
          <Button kind="primary" isBusy={isBusy} onClick={() => void begin()}>
            Get a token
          </Button>
        )}
      </div>
    </Dialog>
  )
}
