import type { PlanSchemaResponse } from '@koyalite/client/admin'
import { AdminApiError } from '@koyalite/client/admin'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { FormError } from '../../kit/form-error'
import { Page } from '../../kit/page'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { TextField } from '../../kit/text-field'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useSession } from '../../session/session-context'
import { useKeys } from '../../shell/keyboard'
import { useSchema } from '../schema/schema-context'
import { editInWords, isEmptyDraft, NO_DRAFT, type SchemaDraft } from '../schema/schema-draft'
import { PlanSteps } from './plan-steps'
import { TextDiff } from './text-diff'

/** What is about to change: each step with its risk and the documents concerned, the text, and the one button that does it. */
export function PlanPage() {
  const { admin } = useSession()
  const { draft, file } = useSchema()
  const isEmpty = isEmptyDraft(draft)
  // While it is applied, the file changes before the draft is gone: what is left of it fits nothing.
  const [isApplying, setApplying] = useState(false)
  const [applied, setApplied] = useState<readonly string[]>([])
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['schema', 'plan', file.hash, draft],
    queryFn: () => admin.planSchema({ body: bodyOf(draft) }),
    enabled: !isEmpty && !isApplying,
    placeholderData: keepPreviousData,
    retry: false,
  })
  if (isEmpty) return applied.length > 0 ? <Applied collections={applied} /> : <NothingPlanned />
  return (
    <Page title="Plan">
      {error !== null && <ErrorState what="This cannot be planned" error={error} onRetry={() => void refetch()} />}
      <Changes />
      {data === undefined && error === null && <Skeleton className="h-[240px] w-full" />}
      {data !== undefined && error === null && (
        <Planned plan={data} isStale={isFetching} isBusy={isApplying} setBusy={setApplying} onApplied={setApplied} />
      )}
    </Page>
  )
}

function bodyOf({ source, edits, answers, fills }: SchemaDraft) {
  return { ...(source !== undefined && { source }), edits: [...edits], answers, fills }
}

/** What comes next: the documents of what has just been changed. */
function Applied({ collections }: { readonly collections: readonly string[] }) {
  return (
    <Page title="Plan">
      <EmptyState title="Applied">
        <p>schema.yaml is written, and the API serves it. Nothing else is planned.</p>
        <ul aria-label="Documents of what was changed" className="flex flex-col gap-1">
          {collections.map((name) => (
            <li key={name}>
              <Link to="/data/$collection" params={{ collection: name }} className="text-link underline">
                Documents of {name}
              </Link>
            </li>
          ))}
        </ul>
        <Link to="/schema" className="text-link underline">
          Collections
        </Link>
      </EmptyState>
    </Page>
  )
}

function NothingPlanned() {
  const { file } = useSchema()
  const held = file.changes.filter(({ automatic }) => !automatic)
  return (
    <Page title="Plan">
      {held.length > 0 && (
        <section
          aria-label="Held back"
          className="flex flex-col gap-2 rounded-panel bg-warning-soft p-4 text-warning-text"
        >
          <h2 className="text-md font-semibold">schema.yaml has changes that wait for a migration file</h2>
          <ul className="flex flex-col gap-1">
            {held.map(({ change, reason, hint }) => (
              <li key={change}>
                <code className="font-mono text-code">{change}</code> {reason}
                {hint !== null && `; ${hint}`}
              </li>
            ))}
          </ul>
          <p>
            Draft one with <code className="font-mono text-code">koyalite migrate create</code>, or take the changes
            back in the{' '}
            <Link to="/schema/yaml" className="underline">
              YAML
            </Link>
            .
          </p>
        </section>
      )}
      <EmptyState title="Nothing is planned">
        <p>
          What you change in forms, in the YAML or in the diagram is collected here first: with what it does to which
          documents, before anything happens.
        </p>
        <Link to="/schema" className="text-link underline">
          Collections
        </Link>
      </EmptyState>
    </Page>
  )
}

/** The edits one by one: each can be taken back. */
function Changes() {
  const { draft, change } = useSchema()
  return (
    <section aria-label="Changes" className="flex flex-col gap-2">
      <h2 className="text-title font-semibold">Changes</h2>
      <ul className="flex flex-col divide-y divide-line rounded-panel border border-line">
        {draft.source !== undefined && (
          <li className="flex items-center gap-3 px-3 py-1.5">
            <span className="flex-1">schema.yaml, edited by hand</span>
            <Link to="/schema/yaml" className="text-link hover:underline">
              Open it
            </Link>
          </li>
        )}
        {draft.edits.map((edit, i) => {
          const words = editInWords(edit)
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: an edit has no name but its place
            <li key={`${i} ${words}`} className="flex items-center gap-3 px-3 py-1.5">
              <span className="min-w-0 flex-1 break-words">{words}</span>
              <Button
                kind="quiet"
                aria-label={`Remove: ${words}`}
                onClick={() => change((known) => ({ ...known, edits: known.edits.toSpliced(i, 1) }))}
              >
                Remove
              </Button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

interface PlannedProps {
  readonly plan: PlanSchemaResponse
  readonly isStale: boolean
  readonly isBusy: boolean
  readonly setBusy: (isBusy: boolean) => void
  /** With the collections that have been changed, and are there. */
  readonly onApplied: (collections: readonly string[]) => void
}

function Planned({ plan, isStale, isBusy, setBusy, onApplied }: PlannedProps) {
  const { admin } = useSession()
  const { draft, change, reason } = useSchema()
  const queries = useQueryClient()
  const toast = useToast()
  const [typed, setTyped] = useState('')
  const [failure, setFailure] = useState<string | null>(null)
  const errors = plan.diagnostics.filter(({ severity }) => severity === 'error')
  const why =
    reason ??
    (errors.length > 0
      ? 'schema.yaml would have errors.'
      : plan.questions.length > 0
        ? 'Answer first whether something was renamed.'
        : (plan.problems[0] ??
          (plan.confirm !== null && typed !== plan.confirm ? `Type ${plan.confirm} to confirm.` : null)))
  async function apply(): Promise<void> {
    setBusy(true)
    setFailure(null)
    try {
      const body = { ...bodyOf(draft), base: plan.hash, ...(plan.confirm !== null && { confirm: typed }) }
      const { changes, applied } = await admin.applySchema({ body })
      onApplied(changedCollections(plan))
      await change(() => NO_DRAFT)
      await queries.invalidateQueries({ queryKey: ['collections'] })
      await queries.invalidateQueries({ queryKey: ['schema'] })
      const count = Math.max(1, changes.length + applied.length)
      toast({ title: count === 1 ? 'Applied 1 change' : `Applied ${count} changes` })
    } catch (error) {
      setFailure(messageOf(error))
      if (error instanceof AdminApiError && error.code === 'PRECONDITION_FAILED')
        await queries.invalidateQueries({ queryKey: ['schema'] })
    } finally {
      setBusy(false)
    }
  }
  useKeys(why === null && !isBusy ? { save: () => void apply() } : {})
  return (
    <>
      {errors.length > 0 && (
        <section aria-label="Errors" className="flex flex-col gap-2 rounded-panel bg-danger-soft p-4">
          <h2 className="text-md font-semibold text-danger-text">schema.yaml would have errors</h2>
          <ul className="flex flex-col gap-1">
            {errors.map(({ line, column, message }) => (
              <li key={`${line}:${column} ${message}`} className="break-words">
                Line {line}: {message}
              </li>
            ))}
          </ul>
        </section>
      )}
      <Questions plan={plan} />
      <PlanSteps plan={plan} />
      {plan.rewritten.length > 0 && (
        <p className="text-text-2">
          Also rewritten, since they name what is renamed:{' '}
          {plan.rewritten.map((place) => place.replace(/^collections\./, '')).join(', ')}.
        </p>
      )}
      <OtherFiles files={plan.files} />
      <details className="rounded-panel border border-line" open>
        <summary className="px-3 py-2 font-medium">schema.yaml</summary>
        <TextDiff before={plan.before} after={plan.source} />
      </details>
      {plan.migration !== null && (
        <details className="rounded-panel border border-line">
          <summary className="px-3 py-2 font-medium">{plan.migration.file}</summary>
          <pre className="overflow-x-auto border-t border-line p-3 font-mono text-code">{plan.migration.text}</pre>
        </details>
      )}
      {plan.problems.length > 0 && errors.length === 0 && plan.questions.length === 0 && (
        <FormError>{plan.problems.join(' ')}</FormError>
      )}
      {failure !== null && <FormError>{failure}</FormError>}
      <div className="sticky bottom-0 flex flex-wrap items-end gap-3 border-t border-line bg-canvas py-3">
        {plan.confirm !== null && (
          <TextField
            label={`This loses ${plan.losses.join(', ')}. Type ${plan.confirm} to confirm`}
            value={typed}
            autoComplete="off"
            className="w-full max-w-[440px]"
            onChange={({ target }) => setTyped(target.value)}
          />
        )}
        <span className="flex-1" />
        <Button
          kind={plan.confirm === null ? 'primary' : 'danger'}
          title="Ctrl+S"
          reason={why}
          isBusy={isBusy || isStale}
          onClick={() => void apply()}
        >
          Apply
        </Button>
      </div>
    </>
  )
}

function changedCollections({ steps }: PlanSchemaResponse): readonly string[] {
  const dropped = steps.filter(({ change }) => /^- \w+$/.test(change)).map(({ collection }) => collection)
  const changed = new Set(steps.flatMap(({ collection }) => collection ?? []))
  return [...changed].filter((name) => !dropped.includes(name))
}

/** What names the same things beside schema.yaml. */
function OtherFiles({ files }: Pick<PlanSchemaResponse, 'files'>) {
  if (files.length === 0) return null
  return (
    <ul aria-label="Other files that name what is renamed" className="flex flex-col gap-1 text-text-2">
      {files.map(({ file, lines, rewritten }) => (
        <li key={file}>
          <code className="font-mono text-code">{file}</code>
          {lines.length > 0 &&
            `, ${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}${lines.length === 20 ? ', …' : ''}`}
          : {rewritten ? 'rewritten too' : 'stays as it is, change it yourself'}
        </li>
      ))}
    </ul>
  )
}

function Questions({ plan }: { readonly plan: PlanSchemaResponse }) {
  const { draft, change } = useSchema()
  const asked = [...new Set([...Object.keys(draft.answers), ...plan.questions])]
  if (asked.length === 0) return null
  return (
    <section aria-label="Questions" className="flex flex-col gap-3 rounded-panel bg-warning-soft p-4">
      {asked.map((question) => (
        <fieldset key={question} className="flex flex-col gap-1">
          <legend className="mb-1 font-medium text-warning-text">{question}</legend>
          {(['rename', 'drop'] as const).map((answer) => (
            <label key={answer} className="flex items-center gap-2">
              <input
                type="radio"
                name={question}
                checked={draft.answers[question] === answer}
                onChange={() => change((known) => ({ ...known, answers: { ...known.answers, [question]: answer } }))}
              />
              {answer === 'rename' ? 'Yes: it keeps its data' : 'No: the old one is dropped with its data'}
            </label>
          ))}
        </fieldset>
      ))}
    </section>
  )
}
