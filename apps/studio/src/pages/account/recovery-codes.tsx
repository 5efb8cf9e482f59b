import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { Snippet } from '../../kit/snippet'

/** Shown once: each signs in one time in the place of the app. */
export function RecoveryCodes({ codes, onClose }: { readonly codes: readonly string[]; readonly onClose: () => void }) {
  return (
    <Dialog title="The recovery codes are shown only now" isOpen>
      <p className="text-md text-text-2">Each signs you in once where the app is lost. Keep them like a password.</p>
      <Snippet label="recovery codes" text={codes.join('\n')} />
      <Button kind="primary" onClick={onClose}>
        I have stored them
      </Button>
    </Dialog>
  )
}
