import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { countOf } from './document-changes'

export interface LeaveDialogProps {
  /** `books 12` */
  readonly name: string
  readonly changes: number
  readonly isSaving: boolean
  readonly onKeepEditing: () => void
  readonly onDiscard: () => void
  readonly onSave: () => void
  /** Closes it: the draft stays on the server. */
  readonly onKeepDraft: () => void
}

/** Before a form with changes is closed. Escape goes on editing: it never discards. */
export function LeaveDialog({
  name,
  changes,
  isSaving,
  onKeepEditing,
  onDiscard,
  onSave,
  onKeepDraft,
}: LeaveDialogProps) {
  return (
    <Dialog title={`${countOf(changes, 'change')} of ${name} not saved`} isOpen onClose={onKeepEditing}>
      <p className="text-md text-text-2">
        Closed without saving, they stay as a draft, for you alone: it is offered when you open the document again.
      </p>
      <div className="flex flex-wrap justify-end gap-2">
        <Button autoFocus onClick={onKeepEditing}>
          Keep editing
        </Button>
        <Button onClick={onDiscard}>Discard</Button>
        <Button onClick={onKeepDraft}>Close, keep the draft</Button>
        <Button kind="primary" isBusy={isSaving} onClick={onSave}>
          Save
        </Button>
      </div>
    </Dialog>
  )
}
