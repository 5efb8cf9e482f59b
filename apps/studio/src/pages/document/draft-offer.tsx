import { useZone } from '../../fields/use-zone'
import { formatTimestamp } from '../../fields/zone'
import { Button } from '../../kit/button'
import { countOf } from './document-changes'
import type { DocumentDraft } from './document-drafts'

export interface DraftOfferProps {
  readonly draft: DocumentDraft
  readonly onContinue: () => void
  readonly onDiscard: () => void
}

/** What was typed before and not saved. */
export function DraftOffer({ draft, onContinue, onDiscard }: DraftOfferProps) {
  const { zone } = useZone()
  return (
    <div role="status" className="flex flex-wrap items-center gap-2 rounded-panel bg-accent-soft px-3 py-2">
      <span className="min-w-0 flex-1">
        A draft with {countOf(Object.keys(draft.changes).length, 'change')}, of {formatTimestamp(draft.at, zone)}
      </span>
      <Button onClick={onContinue}>Continue</Button>
      <Button kind="quiet" onClick={onDiscard}>
        Discard
      </Button>
    </div>
  )
}
