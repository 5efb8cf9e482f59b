import { Link } from '@tanstack/react-router'
import { ChevronLeft, ChevronRight, Maximize2, X } from 'lucide-react'
import type { DocumentRef } from '../../fields/documents'
import { useWriteReason } from '../../fields/use-may-write'
import { Button } from '../../kit/button'
import { MoreItem, MoreMenu } from '../../kit/more-menu'

export interface DocumentActionsProps {
  readonly documentRef: DocumentRef
  /** To the document before or after it in the list; absent where there is no list. */
  readonly onStep?: ((by: -1 | 1) => void) | undefined
  /** Absent where a new document has no place. */
  readonly onDuplicate?: (() => void) | undefined
  readonly onDelete: () => void
  /** Absent on a page. */
  readonly onClose?: (() => void) | undefined
}

const ICON = { 'aria-hidden': true, size: 16, strokeWidth: 1.5 } as const

/** What can be done with a document, beside its name. */
export function DocumentActions({ documentRef, onStep, onDuplicate, onDelete, onClose }: DocumentActionsProps) {
  const reason = useWriteReason(documentRef.collection)
  return (
    <div className="flex flex-none items-center">
      {onStep !== undefined && (
        <>
          <Button
            kind="quiet"
            aria-label="Previous document"
            title="Previous document  ["
            onClick={() => onStep(-1)}
            className="px-1.5"
          >
            <ChevronLeft {...ICON} />
          </Button>
          <Button
            kind="quiet"
            aria-label="Next document"
            title="Next document  ]"
            onClick={() => onStep(1)}
            className="px-1.5"
          >
            <ChevronRight {...ICON} />
          </Button>
        </>
      )}
      {onClose !== undefined && (
        <Link
          to="/data/$collection/$key"
          params={documentRef}
          aria-label="Open as a page"
          title="Open as a page"
          className="grid size-8 place-items-center rounded-control text-text-2 hover:bg-sunken hover:text-text max-sm:size-10"
        >
          <Maximize2 {...ICON} />
        </Link>
      )}
      <MoreMenu label="More actions">
        {onDuplicate !== undefined && (
          <MoreItem reason={reason} keys="Ctrl+Shift+D" onClick={onDuplicate}>
            Duplicate
          </MoreItem>
        )}
        <MoreItem isDanger reason={reason} onClick={onDelete}>
          Delete
        </MoreItem>
      </MoreMenu>
      {onClose !== undefined && (
        <Button kind="quiet" aria-label="Close" title="Close  Esc" onClick={onClose} className="px-2">
          <X {...ICON} />
        </Button>
      )}
    </div>
  )
}
