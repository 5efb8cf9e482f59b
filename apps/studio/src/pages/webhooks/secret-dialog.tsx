import { Button } from '../../kit/button'
import { CopyField } from '../../kit/copy-field'
import { Dialog } from '../../kit/dialog'

export interface ShownSecret {
  readonly name: string
  readonly secret: string
}

/** The only time that a secret is seen. It is not closed by a slip. */
export function SecretDialog({ name, secret, onClose }: ShownSecret & { readonly onClose: () => void }) {
  return (
    <Dialog title="The secret is shown only now" isOpen>
      <p className="text-md text-text-2">
        Give it to whoever receives the events of <code className="font-mono text-code">{name}</code>: with it they
        verify that a request is from this server.
      </p>
      <CopyField label="The secret" text={secret} />
      <Button kind="primary" onClick={onClose}>
        I have stored it
      </Button>
    </Dialog>
  )
}
