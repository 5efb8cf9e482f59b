import { Plus } from 'lucide-react'
import type { ClipboardEvent } from 'react'
import type { Block } from '../../grid/clipboard-text'
import { parseTsv } from '../../grid/clipboard-text'
import { Button } from '../../kit/button'

export interface NewRowStripProps {
  /** Why nothing can be added. */
  readonly reason: string | null
  readonly onNew: () => void
  /** Says itself why it cannot be pasted. */
  readonly onPaste: (block: Block) => void
}

/** The empty line below the last one: Enter begins a document there, pasting begins as many as there are rows. */
export function NewRowStrip({ reason, onNew, onPaste }: NewRowStripProps) {
  function paste(event: ClipboardEvent): void {
    event.preventDefault()
    onPaste(parseTsv(event.clipboardData.getData('text/plain')))
  }
  return (
    <Button
      kind="quiet"
      reason={reason}
      onClick={onNew}
      onPaste={paste}
      className="h-8 flex-none justify-start rounded-none border-t border-line px-4 font-normal focus-visible:-outline-offset-2"
    >
      <Plus aria-hidden="true" size={14} strokeWidth={1.5} />
      New document, or paste rows here
    </Button>
  )
}
