import { useState } from 'react'
import { Button } from '../../kit/button'
import { ChangesDiff } from './changes-diff'
import { countOf } from './document-changes'
import type { DocumentForm } from './use-document-form'

export interface SaveBarProps {
  readonly form: DocumentForm
  /** `Save`, `Create book`. */
  readonly action: string
  readonly onSave: () => void
  /** Why it cannot be saved, beyond what the form knows. */
  readonly reason?: string | null
  /** What a key does in it. */
  readonly hint?: string
}

/** At the foot of a form: how much is changed, what exactly, and the one button that saves. */
export function SaveBar({ form, action, onSave, reason = null, hint }: SaveBarProps) {
  const [isOpen, setOpen] = useState(false)
  const count = form.read.changed.length
  const isNew = form.base === null
  const why =
    reason ??
    (form.conflicts.length > 0
      ? 'Choose first which value stays.'
      : count === 0 && !isNew
        ? 'Nothing is changed.'
        : null)
  return (
    <div className="flex flex-none flex-col gap-2 border-t border-line bg-surface px-4 py-2">
      {isOpen && count > 0 && <ChangesDiff form={form} />}
      <div className="flex items-center gap-2">
        {count > 0 ? (
          <Button kind="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} className="px-2">
            {countOf(count, isNew ? 'field' : 'change')}
          </Button>
        ) : (
          <span className="text-text-3">{isNew ? 'Only what you touch is sent.' : 'No changes'}</span>
        )}
        <span className="flex-1 truncate text-right text-sm text-text-3">{reason === null && hint}</span>
        {count > 0 && (
          <Button kind="quiet" onClick={() => void form.discard()}>
            Discard
          </Button>
        )}
        <Button kind="primary" title="Ctrl+S" reason={why} isBusy={form.progress === 'saving'} onClick={onSave}>
          {action}
        </Button>
      </div>
    </div>
  )
}
