import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'

export interface StatementsDialogProps {
  readonly statements: readonly string[]
  onRun(): void
  onClose(): void
}

/** Before several statements run: which. */
export function StatementsDialog({ statements, onRun, onClose }: StatementsDialogProps) {
  return (
    <Dialog title={`Run ${statements.length} statements`} isOpen size="wide" onClose={onClose}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also for those who have no mouse */}
      <ol tabIndex={0} className="flex max-h-[50vh] flex-col gap-2 overflow-y-auto">
        {statements.map((sql, at) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: the same statement may stand there twice
            key={at}
            className="rounded-control bg-sunken px-3 py-2 font-mono text-code break-words whitespace-pre-wrap"
          >
            {sql.length > 400 ? `${sql.slice(0, 400)} …` : sql}
          </li>
        ))}
      </ol>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" autoFocus onClick={onRun}>
          Run {statements.length} statements
        </Button>
      </div>
    </Dialog>
  )
}
