import { useQuery } from '@tanstack/react-query'
import type { DocumentRef } from '../../fields/documents'
import { useZone } from '../../fields/use-zone'
import { formatTimestamp, relativeTime } from '../../fields/zone'
import { Button } from '../../kit/button'
import { ErrorState, Skeleton } from '../../kit/states'
import { useUndo } from '../../kit/undo/undo-provider'
import { useMay, useSession } from '../../session/session-context'
import { type DocumentEvent, readHistory } from './document-history'

/** Who did what to the document, newest first. */
export function HistoryTab({
  documentRef,
  isAudited,
}: {
  readonly documentRef: DocumentRef
  readonly isAudited: boolean
}) {
  const { admin } = useSession()
  const mayReadAudit = useMay('audit:read') && isAudited
  const { data, error, refetch } = useQuery({
    queryKey: ['document', documentRef.collection, documentRef.key, 'history'],
    queryFn: () => readHistory(admin, documentRef, { limit: 50, mayReadAudit }),
  })
  if (error !== null)
    return <ErrorState what="The history could not be read" error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Skeleton className="h-40 w-full" />
  return (
    <div className="flex flex-col gap-3">
      {data.length > 0 && (
        <ol className="flex flex-col">
          {data.map((event) => (
            <Event key={event.id} event={event} />
          ))}
        </ol>
      )}
      {data.length === 0 && <p>Nothing is known of its past.</p>}
      <p className="text-text-2">
        {isAudited
          ? 'Who read and wrote it is in the audit log; what operators did here can be undone as long as the change log has it.'
          : 'These are the changes of operators, as long as the change log has them.'}
        {!isAudited && (
          <>
            {' '}
            With <code className="font-mono text-code">audit: true</code> in its schema, every read and write of the
            collection is recorded.
          </>
        )}
      </p>
    </div>
  )
}

function Event({ event }: { readonly event: DocumentEvent }) {
  const { zone } = useZone()
  const { undo } = useUndo()
  const { action } = event
  const details = Object.entries(event.details).filter(([, value]) => value !== null)
  return (
    <li className="flex flex-col gap-1 border-b border-line py-2">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <span className="font-medium">{event.what}</span>
        <span className="text-text-2">by {event.actor}</span>
        <span className="flex-1" />
        <time dateTime={event.at} title={relativeTime(event.at, Date.now())} className="text-sm text-text-3">
          {formatTimestamp(event.at, zone)}
        </time>
        {action !== null && (
          <Button
            kind="quiet"
            reason={action.impossible}
            onClick={() => void undo({ action: action.id, title: event.what })}
            className="px-2"
          >
            Undo
          </Button>
        )}
      </div>
      {details.length > 0 && (
        <dl className="grid grid-cols-[auto_1fr] gap-x-3 text-sm">
          {details.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-text-2">{name}</dt>
              <dd className="min-w-0 font-mono break-words">
                {typeof value === 'string' ? value : JSON.stringify(value)}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  )
}
