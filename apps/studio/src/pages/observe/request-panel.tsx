import { AdminApiError } from '@koyalite/client/admin'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { KeyboardEvent } from 'react'
import { CopyField } from '../../kit/copy-field'
import { durationText, sizeText } from '../../kit/quantities'
import { ErrorState, Skeleton } from '../../kit/states'
import { useMay, useSession } from '../../session/session-context'
import { RequestExecutions } from '../executions/request-executions'
import { LogLine } from './log-line'
import { QueryAdvice } from './query-advice'
import { RequestStatements } from './request-statements'
import { Fact, Facts, SidePanel } from './side-panel'
import { actorText, StatusText } from './status-text'

export interface RequestPanelProps {
  readonly id: string
  readonly onClose: () => void
  /** ↑ and ↓ go to the next request from here too. */
  readonly onKeyDown: (event: KeyboardEvent) => void
}

/** One request: who asked for what, what was logged, how the database read it. */
export function RequestPanel({ id, onClose, onKeyDown }: RequestPanelProps) {
  const { admin } = useSession()
  const { data, error, refetch } = useQuery({
    queryKey: ['request', id],
    queryFn: () => admin.getRequest({ params: { id } }),
  })
  const mayAudit = useMay('audit:read')
  const isGone = error instanceof AdminApiError && error.status === 404
  const request = data?.request
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the list work in the panel too
    <div className="contents" onKeyDown={onKeyDown}>
      <SidePanel
        label="Request"
        title={
          request === undefined ? (
            'Request'
          ) : (
            <span className="font-mono text-code break-all">{`${request.method} ${request.path}`}</span>
          )
        }
        onClose={onClose}
      >
        {isGone && (
          <p className="text-text-2">
            This request is none of the latest any more. The files of the log may have it under{' '}
            <code className="font-mono text-code break-all">{id}</code>.
          </p>
        )}
        {error !== null && !isGone && (
          <ErrorState what="The request could not be read" error={error} onRetry={() => void refetch()} />
        )}
        {data === undefined && error === null && <Skeleton className="h-[320px] w-full" />}
        {data !== undefined && request !== undefined && (
          <>
            <Facts>
              <Fact name="Status">
                <StatusText status={request.status} code={request.code} />
              </Fact>
              <Fact name="Duration">{durationText(request.ms)}</Fact>
              <Fact name="Answered">
                {request.at.slice(0, 10)} {request.at.slice(11, 23)} Z
              </Fact>
              <Fact name="By">
                {request.actor.kind === 'user' && request.actor.id !== null ? (
                  <Link to="/users" search={{ q: '', user: request.actor.id }} className="text-link hover:underline">
                    {actorText(request.actor)}
                  </Link>
                ) : (
                  actorText(request.actor)
                )}
                {request.actor.id !== null && (
                  <Link
                    to="/observe/requests"
                    search={{ actor: request.actor.id }}
                    className="ml-3 text-link hover:underline"
                  >
                    Their requests
                  </Link>
                )}
                {request.actor.id !== null && mayAudit && (
                  <Link
                    to="/observe/audit"
                    search={{ actor: request.actor.id }}
                    className="ml-3 text-link hover:underline"
                  >
                    What they did
                  </Link>
                )}
              </Fact>
              <Fact name="Address">{request.ip || 'unknown'}</Fact>
              <Fact name="Response">{request.bytes === null ? 'a stream' : sizeText(request.bytes)}</Fact>
              <Fact name="Route">
                <Link
                  to="/observe/speed"
                  search={{ range: '1h', route: request.route }}
                  className="font-mono text-code break-all text-link hover:underline"
                >
                  {request.route}
                </Link>
              </Fact>
            </Facts>
            {request.query !== null && (
              <section className="flex flex-col gap-2">
                <h3 className="text-md font-semibold">What it read</h3>
                <Link
                  to="/observe/speed"
                  search={{ range: '1h', query: request.query }}
                  className="rounded-panel bg-sunken px-3 py-2 font-mono text-code break-all text-link hover:underline"
                >
                  {request.query}
                </Link>
                {data.query !== null && <QueryAdvice query={data.query} />}
              </section>
            )}
            <RequestStatements statements={data.statements} ms={request.ms} />
            <RequestExecutions request={request.id} title="Functions that it called" />
            <section className="flex flex-col gap-2">
              <h3 className="text-md font-semibold">What was logged</h3>
              {data.log.length === 0 ? (
                <p className="text-text-2">Nothing but the request itself.</p>
              ) : (
                <ul className="flex flex-col gap-2">
                  {data.log.map((entry) => (
                    <li key={entry.id} className="rounded-panel border border-line p-3">
                      <LogLine entry={entry} />
                    </li>
                  ))}
                </ul>
              )}
            </section>
            <CopyField label="Request id" text={request.id} />
          </>
        )}
      </SidePanel>
    </div>
  )
}
