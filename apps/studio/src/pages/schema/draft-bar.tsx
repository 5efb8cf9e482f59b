import { Link, useNavigate, useRouterState } from '@tanstack/react-router'
import { TriangleAlert } from 'lucide-react'
import { Button } from '../../kit/button'
import { useToast } from '../../kit/toast'
import { useKeys } from '../../shell/keyboard'
import { useSchema } from './schema-context'
import { draftSize, isEmptyDraft, NO_DRAFT } from './schema-draft'

/** At the foot of each page: what is changed and not applied, and what is wrong with the file. */
export function DraftBar() {
  const { draft, problems, file, misfit, reason, change } = useSchema()
  const navigate = useNavigate()
  const toast = useToast()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const isEmpty = isEmptyDraft(draft)
  useKeys(isEmpty ? {} : { save: () => void navigate({ to: '/schema/plan' }) })
  const mistake = problems[0] ?? file.diagnostics.find(({ severity }) => severity === 'error')
  if (isEmpty && mistake === undefined && reason === null) return null
  const discard = () => {
    change(() => NO_DRAFT)
    toast({
      title: `Discarded ${countText(draftSize(draft))}`,
      action: { label: 'Undo', run: () => change(() => draft) },
    })
  }
  return (
    <div className="flex flex-none flex-wrap items-center gap-x-3 gap-y-1 border-t border-line bg-surface px-4 py-2">
      {mistake !== undefined && (
        <p role="status" className="flex min-w-0 items-center gap-2 text-danger-text">
          <TriangleAlert aria-hidden="true" size={16} strokeWidth={1.5} className="flex-none" />
          <span className="min-w-0 break-words">
            schema.yaml, line {mistake.line}: {mistake.message}
          </span>
          <Link to="/schema/yaml" search={{ line: mistake.line }} className="flex-none text-link underline">
            Open it
          </Link>
        </p>
      )}
      {misfit !== null && (
        <p role="status" className="flex min-w-0 items-center gap-2 text-danger-text">
          <TriangleAlert aria-hidden="true" size={16} strokeWidth={1.5} className="flex-none" />
          <span className="min-w-0 break-words">Your changes do not fit schema.yaml any more: {misfit}.</span>
        </p>
      )}
      {isEmpty && mistake === undefined && <p className="text-text-2">{reason}</p>}
      <span className="flex-1" />
      {!isEmpty && (
        <>
          <span className="text-text-2">{countText(draftSize(draft))}, not applied</span>
          <Button kind="quiet" onClick={discard}>
            Discard
          </Button>
          {path !== '/schema/plan' && (
            <Link
              to="/schema/plan"
              title="Ctrl+S"
              className="inline-flex h-8 items-center rounded-control bg-accent px-3 font-medium text-on-accent hover:brightness-110 max-sm:h-10"
            >
              Review plan
            </Link>
          )}
        </>
      )}
    </div>
  )
}

function countText(count: number): string {
  return count === 1 ? '1 change' : `${count} changes`
}
