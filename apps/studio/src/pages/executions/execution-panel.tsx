import { AdminApiError } from '@koyalite/client/admin'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { KeyboardEvent } from 'react'
import { CopyField } from '../../kit/copy-field'
import { durationText, sizeText } from '../../kit/quantities'
import { ErrorState, Skeleton } from '../../kit/states'
import { useMay, useSession } from '../../session/session-context'
import { Fact, Facts, SidePanel } from '../observe/side-panel'
import { actorText } from '../observe/status-text'
import { ExecutionLog } from './execution-log'
import { ExecutionStatusBadge } from './execution-status'
import type { Execution } from './executions-page'

export interface ExecutionPanelProps {
  readonly id: string
  readonly onClose: () => void
  /** ↑ and ↓ go to the next execution from here too. */
  readonly onKeyDown: (event: KeyboardEvent) => void
}

/** One call: who made it, how it ended, what it has logged. */
export function ExecutionPanel({ id, onClose, onKeyDown }: ExecutionPanelProps) {
  const { admin } = useSession()
  const { data, error, refetch } = useQuery({
    queryKey: ['executions', 'one', id],
    queryFn: () => admin.getExecution({ params: { id } }),
    // Just called, it is stored a moment later.
    retry: 2,
  })
  const isGone = error instanceof AdminApiError && error.status === 404
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the list work in the panel too
    <div className="contents" onKeyDown={onKeyDown}>
      <SidePanel label="Execution" title={data === undefined ? 'Execution' : <Title of={data} />} onClose={onClose}>
        {isGone && (
          <p className="text-text-2">
            This execution is not kept any more. The log of requests may have what it belonged to.
          </p>
        )}
        {error !== null && !isGone && (
          <ErrorState what="The execution could not be read" error={error} onRetry={() => void refetch()} />
        )}
        {data === undefined && error === null && <Skeleton className="h-[320px] w-full" />}
        {data !== undefined && (
          <>
            <ExecutionFacts execution={data} />
            {data.error !== null && <ExecutionError error={data.error} />}
            <ExecutionLog execution={data} />
            <CopyField label="Execution id" text={data.id} />
          </>
        )}
      </SidePanel>
    </div>
  )
}

function Title({ of }: { readonly of: Execution }) {
  return (
    <Link
      to="/functions/$name"
      params={{ name: of.function }}
      className="font-mono text-code break-all text-link hover:underline"
    >
      {of.function}@{of.version}
    </Link>
  )
}

function ExecutionFacts({ execution }: { readonly execution: Execution }) {
  const mayLogs = useMay('logs:read')
  const { actor, started_at: at, request_id: request } = execution
  return (
    <Facts>
      <Fact name="Status">
        <ExecutionStatusBadge status={execution.status} />
      </Fact>
      <Fact name="Duration">{durationText(execution.ms)}</Fact>
      <Fact name="Began">
        {at.slice(0, 10)} {at.slice(11, 23)} Z
      </Fact>
      <Fact name="By">
        {actor.kind === 'user' && actor.id !== null ? (
          <Link to="/users" search={{ q: '', user: actor.id }} className="text-link hover:underline">
            {actor.name ?? actorText(actor)}
          </Link>
        ) : (
          (actor.name ?? actorText(actor))
        )}
      </Fact>
      <Fact name="Memory">
        {execution.memory === null ? 'not known' : `${sizeText(execution.memory)} of its instance`}
      </Fact>
      <Fact name="Isolation">{execution.isolation}</Fact>
      <Fact name="Request">
        {mayLogs ? (
          <Link
            to="/observe/requests"
            search={{ id: request }}
            className="font-mono text-code break-all text-link hover:underline"
          >
            {request}
          </Link>
        ) : (
          <code className="font-mono text-code break-all">{request}</code>
        )}
      </Fact>
    </Facts>
  )
}

function ExecutionError({ error: { code, message, stack } }: { readonly error: NonNullable<Execution['error']> }) {
  return (
    <section aria-labelledby="execution-error" className="flex flex-col gap-2">
      <h3 id="execution-error" className="text-md font-semibold text-danger-text">
        {code}
      </h3>
      <p className="break-words">{message}</p>
      {stack !== undefined && stack !== message && (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by the arrow keys
          tabIndex={0}
          className="max-h-[320px] overflow-auto rounded-panel bg-sunken px-3 py-2 font-mono text-code break-words whitespace-pre-wrap"
        >
          {stack}
        </pre>
      )}
    </section>
  )
}
