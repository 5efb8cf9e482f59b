import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useSession } from '../../session/session-context'

export interface BlockedDocumentsProps {
  readonly endpoint: string
  /** How many events wait. Without any nothing is asked. */
  readonly waiting: number
}

const EVERY_MS = 5_000
/** Deliveries that are looked at; documents that are named. */
const [LOOKED_AT, NAMED] = [200, 10] as const

/** The documents whose events wait behind one that cannot be delivered; nothing where there are none. */
export function BlockedDocuments({ endpoint, waiting }: BlockedDocumentsProps) {
  const { admin } = useSession()
  const { data } = useQuery({
    queryKey: ['webhooks', 'blocked', endpoint],
    queryFn: () =>
      admin.listWebhookDeliveries({ params: { name: endpoint }, query: { state: 'blocked', limit: LOOKED_AT } }),
    refetchInterval: EVERY_MS,
    enabled: waiting > 0,
  })
  const documents = [...new Set(data?.deliveries.flatMap(({ document }) => document ?? []))]
  if (waiting === 0 || documents.length === 0) return null
  const hasMore = documents.length > NAMED || data?.next_cursor !== null
  return (
    <section aria-labelledby="blocked-documents" className="flex flex-col gap-2">
      <h3 id="blocked-documents" className="text-md font-semibold">
        Blocked documents
      </h3>
      <p className="text-text-2">
        Events of these wait for an earlier one that cannot be delivered. Skip that one, and the next goes.
      </p>
      <ul className="flex flex-col gap-1">
        {documents.slice(0, NAMED).map((document) => (
          <li key={document} className="truncate font-mono text-code">
            {document}
          </li>
        ))}
      </ul>
      <Link to="/deliveries" search={{ endpoint, state: 'blocked' }} className="self-start text-link hover:underline">
        {hasMore ? 'All that is blocked' : 'What is blocked'}
      </Link>
    </section>
  )
}
