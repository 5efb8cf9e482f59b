import type { PlanSchemaInput, PlanSchemaResponse } from '@koyalite/client/admin'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { Dialog } from '../../kit/dialog'
import { FormError } from '../../kit/form-error'
import { ScrollRegion } from '../../kit/scroll-region'
import { ErrorState, Skeleton } from '../../kit/states'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useSession } from '../../session/session-context'
import { useKeys } from '../../shell/keyboard'
import { changedLines } from './changed-lines'

type Edits = NonNullable<NonNullable<PlanSchemaInput['body']>['edits']>

/** Says that something was changed, and leads to applying it. */
export function SaveBar({
  collection,
  edits,
  onDiscard,
}: {
  readonly collection: string
  readonly edits: Edits
  readonly onDiscard: () => void
}) {
  const [isOpen, setOpen] = useState(false)
  const hasEdits = edits.length > 0
  useKeys(hasEdits ? { save: () => setOpen(true) } : {})
  if (!hasEdits) return null
  return (
    <div className="flex flex-none flex-wrap items-center gap-2 border-t border-line bg-surface px-6 py-3 max-sm:px-4">
      <span role="status" className="mr-auto">
        {edits.length} {edits.length === 1 ? 'change' : 'changes'} not applied
      </span>
      <Button onClick={onDiscard}>Discard</Button>
      <Button kind="primary" onClick={() => setOpen(true)}>
        Review and apply
      </Button>
      {isOpen && (
        <ApplyDialog collection={collection} edits={edits} onApplied={onDiscard} onClose={() => setOpen(false)} />
      )}
    </div>
  )
}

function ApplyDialog({
  collection,
  edits,
  onApplied,
  onClose,
}: {
  readonly collection: string
  readonly edits: Edits
  readonly onApplied: () => void
  readonly onClose: () => void
}) {
  const { admin } = useSession()
  const queries = useQueryClient()
  const toast = useToast()
  const [isBusy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const { data, error, refetch } = useQuery({
    queryKey: ['schema', 'plan', edits],
    queryFn: () => admin.planSchema({ body: { edits } }),
    staleTime: 0,
    gcTime: 0,
  })
  async function apply({ hash }: PlanSchemaResponse): Promise<void> {
    setBusy(true)
    setFailure(null)
    try {
      await admin.applySchema({ body: { edits, base: hash } })
      await Promise.all(
        [['collections'], ['rules'], ['schema']].map((queryKey) => queries.invalidateQueries({ queryKey })),
      )
      onApplied()
      onClose()
      toast({
        title: `Applied ${edits.length} ${edits.length === 1 ? 'change' : 'changes'} to the rules of ${collection}`,
      })
    } catch (thrown) {
      setFailure(messageOf(thrown))
      void refetch()
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog title={`Apply to the rules of ${collection}`} isOpen onClose={onClose}>
      {error !== null && <ErrorState what="It could not be planned" error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton className="h-[120px] w-full" />}
      {data !== undefined && <Plan plan={data} />}
      {failure !== null && <FormError>{failure}</FormError>}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind="primary"
          isBusy={isBusy}
          reason={data === undefined ? 'The plan is not there yet.' : reasonOf(data)}
          onClick={() => data !== undefined && void apply(data)}
        >
          Apply {edits.length === 1 ? '1 change' : `${edits.length} changes`}
        </Button>
      </div>
    </Dialog>
  )
}

function reasonOf({ refusal, diagnostics, problems, questions, confirm }: PlanSchemaResponse): string | null {
  if (refusal !== null) return refusal
  if (diagnostics.some(({ severity }) => severity === 'error')) return 'schema.yaml would have errors.'
  const other = [...problems, ...questions][0]
  if (other !== undefined) return other
  return confirm === null ? null : 'Other changes of schema.yaml wait, which lose data: apply them under Schema.'
}

function Plan({ plan }: { readonly plan: PlanSchemaResponse }) {
  const { before, source, diagnostics, steps, problems, refusal } = plan
  const reason = refusal ?? problems[0] ?? null
  const data = steps.filter(({ risk }) => risk !== 'none')
  return (
    <div className="flex flex-col gap-3">
      {reason !== null && <FormError>{reason}</FormError>}
      {diagnostics.map(({ line, column, severity, message }) => (
        <p
          key={`${line}:${column}:${message}`}
          className={severity === 'error' ? 'text-danger-text' : 'text-warning-text'}
        >
          schema.yaml:{line}:{column} {message}
        </p>
      ))}
      <p className="text-text-2">
        {data.length === 0
          ? 'No document changes. The rules apply to the next request; live queries are evaluated again.'
          : 'Besides the rules, this changes:'}
      </p>
      {data.length > 0 && (
        <ul className="list-disc pl-5">
          {data.map(({ change }) => (
            <li key={change}>{change}</li>
          ))}
        </ul>
      )}
      <ScrollRegion label="Changes of schema.yaml" className="rounded-panel bg-sunken py-2 font-mono text-code">
        {changedLines(before, source).map(({ kind, line, text }) => (
          <p
            key={`${kind}${line}`}
            className={
              kind === 'removed'
                ? 'bg-danger-soft px-3 whitespace-pre text-danger-text'
                : 'bg-success-soft px-3 whitespace-pre text-success-text'
            }
          >
            <span className="select-none">{kind === 'removed' ? '− ' : '+ '}</span>
            {text.trimStart()}
          </p>
        ))}
      </ScrollRegion>
    </div>
  )
}
