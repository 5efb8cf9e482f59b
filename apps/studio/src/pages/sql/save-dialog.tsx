import { useState } from 'react'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { TextField } from '../../kit/text-field'
import { messageOf } from '../../session/operator-session'
import { useOperator } from '../../session/session-context'

export interface SaveDialogProps {
  readonly name: string
  readonly isShared: boolean
  save(name: string, isShared: boolean): Promise<void>
  onClose(): void
}

/** Gives a query a name. */
export function SaveDialog({ name: first, isShared: wasShared, save, onClose }: SaveDialogProps) {
  const [name, setName] = useState(first)
  const [isShared, setShared] = useState(wasShared)
  const [state, setState] = useState<{ readonly isBusy: boolean; readonly error: string | null }>({
    isBusy: false,
    error: null,
  })
  const mayShare = useOperator().role !== 'viewer'
  async function submit(): Promise<void> {
    setState({ isBusy: true, error: null })
    try {
      await save(name.trim(), isShared)
      onClose()
    } catch (error) {
      setState({ isBusy: false, error: messageOf(error) })
    }
  }
  return (
    <Dialog title="Save the query" isOpen onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <TextField
          label="Name"
          required
          maxLength={100}
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
        <label className="flex items-center gap-2" title={mayShare ? undefined : 'Your role cannot share queries.'}>
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={isShared}
            disabled={!mayShare}
            onChange={({ target }) => setShared(target.checked)}
          />
          All operators see it
        </label>
        {state.error !== null && <FormError>{state.error}</FormError>}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" isBusy={state.isBusy}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
