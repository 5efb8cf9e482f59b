import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { countOf } from '../document/document-changes'
import type { CellProblem } from './paste-plan'

export interface RefusedRowsDialogProps {
  readonly problems: readonly CellProblem[]
  /** Rows that can be changed. */
  readonly ready: number
  readonly isBusy: boolean
  readonly onApply: () => void
  readonly onClose: () => void
}

/** Before a paste in which some rows do not fit: which, and why. Nothing of them is written. */
export function RefusedRowsDialog({ problems, ready, isBusy, onApply, onClose }: RefusedRowsDialogProps) {
  const rows = new Set(problems.map(({ position }) => position)).size
  return (
    <Dialog title={`${countOf(rows, 'row')} cannot be changed like this`} isOpen onClose={onClose}>
      <ul className="flex max-h-[280px] flex-col gap-1 overflow-auto">
        {problems.slice(0, 200).map(({ position, column, message }) => (
          <li key={`${position} ${column}`}>
            <span className="text-text-2">
              Row {(position + 1).toLocaleString('en')}, {column}:
            </span>{' '}
            {message}
          </li>
        ))}
      </ul>
      <p className="text-text-2">Nothing of these rows is written.</p>
      <div className="flex flex-wrap justify-end gap-2">
        <Button autoFocus onClick={onClose}>
          Cancel
        </Button>
        {ready > 0 && (
          <Button kind="primary" isBusy={isBusy} onClick={onApply}>
            Change the other {ready.toLocaleString('en')}
          </Button>
        )}
      </div>
    </Dialog>
  )
}
