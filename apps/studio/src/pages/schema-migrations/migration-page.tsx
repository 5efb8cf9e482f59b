import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Badge } from '../../kit/badge'
import { Page } from '../../kit/page'
import { ErrorState, Skeleton } from '../../kit/states'
import { minuteOf } from '../../kit/times'
import { useSession } from '../../session/session-context'
import { STATES } from './states'

/** One migration: when it ran, whether there is a way back, and its text. */
export function MigrationPage() {
  const { id } = useParams({ from: '/shell/schema/migrations/$id' })
  const { admin } = useSession()
  const { data, error, refetch } = useQuery({
    queryKey: ['schema', 'migrations', id],
    queryFn: () => admin.getMigration({ params: { version: id } }),
    retry: false,
  })
  if (error !== null) {
    return (
      <div className="p-6">
        <ErrorState what="The migration could not be read" error={error} onRetry={() => void refetch()} />
        <Link to="/schema/migrations" className="text-link underline">
          All migrations
        </Link>
      </div>
    )
  }
  if (data === undefined) return <Skeleton className="m-6 h-[240px]" />
  const { migration, source } = data
  return (
    <Page title={`${migration.version} ${migration.name}`}>
      <p className="text-md text-text-2">{migration.description}</p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5">
        <dt className="text-text-2">State</dt>
        <dd>
          <Badge kind={STATES[migration.state][0]}>{STATES[migration.state][1]}</Badge>
        </dd>
        <dt className="text-text-2">Applied</dt>
        <dd>{migration.applied_at === null ? 'not yet' : minuteOf(migration.applied_at)}</dd>
        <dt className="text-text-2">File</dt>
        <dd className="font-mono text-code">{migration.file ?? 'gone'}</dd>
        <dt className="text-text-2">Copy made before</dt>
        <dd>{migration.snapshot ?? 'none was needed'}</dd>
        <dt className="text-text-2">Way back</dt>
        <dd>
          {migration.reversible === null ? 'not known' : migration.reversible ? 'yes' : 'no'}
          {migration.remarks.length > 0 && `: ${migration.remarks.join('; ')}`}
        </dd>
      </dl>
      {source !== null && (
        <pre className="overflow-x-auto rounded-panel border border-line p-3 font-mono text-code">{source}</pre>
      )}
    </Page>
  )
}
