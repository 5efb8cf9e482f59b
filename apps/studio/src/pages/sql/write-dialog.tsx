import { useState } from 'react'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { TextField } from '../../kit/text-field'
import { PROJECT } from '../../shell/project'
import { changeText, nameToType } from './change-text'
import type { SqlOutcome } from './run-sql'

export interface WriteDialogProps {
  /** A dry run. */
  readonly changes: NonNullable<SqlOutcome['changes']>
  onConfirm(): void
  onClose(): void
}

/** After the dry run of a write: what it would change. */
export function WriteDialog({ changes: { collections }, onConfirm, onClose }: WriteDialogProps) {
  const [typed, setTyped] = useState('')
  const name = nameToType(collections)
  const isSure = name === null || typed === name
  return (
    <Dialog title="Write to the database" isOpen onClose={onClose}>
      <p className="text-md">This {changeText(collections, 'would')}.</p>
      {PROJECT.environment === 'production' && (
        <p className="font-medium text-warning-text">The environment is production.</p>
      )}
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (isSure) onConfirm()
        }}
      >
        {name !== null && (
          <TextField
            label={`Type ${name} to confirm`}
            autoComplete="off"
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
        )}
        <div className="flex justify-end gap-2">
          <Button autoFocus onClick={onClose}>
            Cancel
          </Button>
          <Button kind="danger" type="submit" reason={isSure ? null : `Type ${name} first.`}>
            Write
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
