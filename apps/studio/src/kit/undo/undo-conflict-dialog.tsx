import { Button } from '../button'
import { Dialog } from '../dialog'
import { ScrollRegion } from '../scroll-region'
import type { UndoConflicts } from './undo-provider'

export interface UndoConflictDialogProps {
  /** What was to be undone. */
  readonly title: string
  readonly conflicts: UndoConflicts
  readonly onClose: () => void
  readonly onLeaveOut: () => void
}

/** More than these are counted. */
const MAX_SHOWN = 50

/** Others have changed documents since: which, with both values, and whether to leave them as they are. */
export function UndoConflictDialog({ title, conflicts, onClose, onLeaveOut }: UndoConflictDialogProps) {
  const count = conflicts.length
  const documents = count === 1 ? '1 document is' : `${count.toLocaleString('en')} documents are`
  return (
    <Dialog title={`Not undone: ${title}`} isOpen onClose={onClose} size="wide">
      <p className="text-md text-text-2">
        {documents} no longer what this made of {count === 1 ? 'it' : 'them'}. Undo never goes over the work of others.
      </p>
      <ScrollRegion label="Documents that stay" className="max-h-[40dvh] rounded-panel border border-line">
        <ul className="divide-y divide-line">
          {conflicts.slice(0, MAX_SHOWN).map(({ collection, key, message, fields }) => (
            <li key={`${collection}/${key}`} className="flex flex-col gap-1 px-3 py-2">
              <span className="font-mono text-code break-all">
                {collection}/{key}
              </span>
              <span className="text-text-2">{message}</span>
              {fields.map(({ field, made, now }) => (
                <span key={field} className="grid grid-cols-[minmax(0,1fr)_minmax(0,2fr)_minmax(0,2fr)] gap-2 text-sm">
                  <span className="truncate">{field}</span>
                  <span className="truncate text-text-2" title={valueText(made)}>
                    made: {valueText(made)}
                  </span>
                  <span className="truncate" title={valueText(now)}>
                    now: {valueText(now)}
                  </span>
                </span>
              ))}
            </li>
          ))}
          {count > MAX_SHOWN && (
            <li className="px-3 py-2 text-text-2">and {(count - MAX_SHOWN).toLocaleString('en')} more</li>
          )}
        </ul>
      </ScrollRegion>
      <div className="flex flex-wrap justify-end gap-2">
        <Button autoFocus onClick={onClose}>
          Cancel
        </Button>
        <Button kind="primary" onClick={onLeaveOut}>
          Leave {count === 1 ? 'it' : `these ${count.toLocaleString('en')}`}, undo the others
        </Button>
      </div>
    </Dialog>
  )
}

function valueText(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value)
}
