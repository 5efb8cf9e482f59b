import { type ReactNode, useState } from 'react'
import { messageOf } from '../session/operator-session'
import { Button } from './button'
import { Dialog } from './dialog'
import { FormError } from './form-error'

export interface ConfirmDialogProps {
  readonly title: string
  /** The verb and the object: "Revoke nightly export". */
  readonly action: string
  /** What leaves everything as it is. @default 'Cancel' */
  readonly keep?: string
  /** Does it; what it rejects with is shown, and the dialog stays. */
  readonly run: () => Promise<unknown>
  readonly onClose: () => void
  /** What follows from it. */
  readonly children: ReactNode
}

/** For what cannot be undone. */
export function ConfirmDialog({ title, action, keep = 'Cancel', run, onClose, children }: ConfirmDialogProps) {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  async function confirm(): Promise<void> {
    setBusy(true)
    try {
      await run()
      onClose()
    } catch (failure) {
      setError(messageOf(failure))
      setBusy(false)
    }
  }
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <div className="text-md text-text-2">{children}</div>
      {error !== null && <FormError>{error}</FormError>}
      <div className="flex justify-end gap-2">
        <Button autoFocus onClick={onClose}>
          {keep}
        </Button>
        <Button kind="danger" isBusy={isBusy} onClick={() => void confirm()}>
          {action}
        </Button>
      </div>
    </Dialog>
  )
}
