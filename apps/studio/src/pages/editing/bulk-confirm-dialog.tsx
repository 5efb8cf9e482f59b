import { ConfirmDialog } from '../../kit/confirm-dialog'
import type { BulkResult } from './many-writes'

export interface BulkConfirmDialogProps {
  /** The verb and the objects: "Delete 3,140 orders". */
  readonly title: string
  readonly collection: string
  readonly preview: BulkResult
  readonly inSteps: boolean
  readonly run: () => Promise<void>
  readonly onClose: () => void
}

export const IN_STEPS =
  'So many are written 1,000 at a time, and cannot be undone. What stops it half way leaves what was written until then.'

/** Before a write of many documents, one that takes others along, or one that cannot be undone. */
export function BulkConfirmDialog({ title, collection, preview, inSteps, ...rest }: BulkConfirmDialogProps) {
  const { changes, undoable } = preview
  const isAlone = changes.every((change) => change.collection === collection)
  return (
    <ConfirmDialog title={title} action={title} {...rest}>
      {!isAlone && <p>What refers to them goes with them:</p>}
      <ul className="my-2 list-disc pl-5">
        {changes.map((change) => (
          <li key={change.collection}>
            {change.collection}: {change.deleted > 0 && `${change.deleted.toLocaleString('en')} deleted`}
            {change.deleted > 0 && change.updated > 0 && ', '}
            {change.updated > 0 && `${change.updated.toLocaleString('en')} changed`}
          </li>
        ))}
      </ul>
      <p>
        {undoable
          ? 'It can be undone for as long as the change log has it.'
          : inSteps
            ? IN_STEPS
            : 'With those that go along these are more than 10,000 documents: it cannot be undone.'}
      </p>
    </ConfirmDialog>
  )
}
