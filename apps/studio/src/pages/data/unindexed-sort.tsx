import { Link } from '@tanstack/react-router'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'

export interface UnindexedSortProps {
  readonly collection: string
  readonly field: string
  readonly documents: number
  onSort(): void
  onClose(): void
}

/** More documents are not read for a sort without asking. */
export const MANY_DOCUMENTS = 100_000
/** Seconds that sorting a document takes: a million took 3 to 5 s. */
const SECONDS_PER_DOCUMENT = 4e-6

/** Before the server reads a large collection as a whole. */
export function UnindexedSort({ collection, field, documents, onSort, onClose }: UnindexedSortProps) {
  const seconds = Math.max(1, Math.round(documents * SECONDS_PER_DOCUMENT))
  return (
    <Dialog title={`Sort by ${field} without an index?`} isOpen onClose={onClose}>
      <div className="flex flex-col gap-2 text-md text-text-2">
        <p>
          No index begins with {field}, so the server reads all {documents.toLocaleString('en')} documents: about{' '}
          {seconds} {seconds === 1 ? 'second' : 'seconds'} for the first rows.
        </p>
        <p>
          <Link to={`/schema/${collection}?tab=indexes` as string} className="text-link hover:underline">
            Add an index
          </Link>{' '}
          if it is needed often.
        </p>
      </div>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button autoFocus kind="primary" onClick={onSort}>
          Sort {documents.toLocaleString('en')} documents
        </Button>
      </div>
    </Dialog>
  )
}
