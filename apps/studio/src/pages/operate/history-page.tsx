import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { ListTable } from '../../kit/list-table'
import { Page } from '../../kit/page'
import { durationText } from '../../kit/quantities'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { minuteOf } from '../../kit/times'
import { useMay, useSession } from '../../session/session-context'

/** The commands that changed this project on its own machine, and who ran them. */
export function HistoryPage() {
  const { admin } = useSession()
  const maySeeAudit = useMay('audit:read')
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['commands'],
    queryFn: ({ pageParam }) => admin.listCommands({ query: { limit: 100, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  })
  const commands = data?.pages.flatMap((page) => page.commands)
  return (
    <Page title="Commands">
      <p className="text-text-2">
        What the command line changed in this project.{' '}
        {maySeeAudit && (
          <>
            What operators, keys and users did is in the{' '}
            <Link to="/observe/audit" className="text-link underline">
              audit log
            </Link>
            .
          </>
        )}
      </p>
      {error !== null && (
        <ErrorState what="The commands could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {commands === undefined && error === null && <Skeleton className="h-[240px] w-full" />}
      {commands?.length === 0 && (
        <EmptyState title="No command has changed this project yet">
          <p>Migrations, imports, keys and backups by the command line are listed here, with who ran them.</p>
          <pre className="rounded-control bg-sunken px-3 py-2 font-mono text-code">koyalite db backup</pre>
        </EmptyState>
      )}
      {commands !== undefined && commands.length > 0 && (
        <ListTable
          label="Table of commands"
          rows={commands}
          keyOf={({ id }) => String(id)}
          columns={[
            { name: 'When', cell: ({ at }) => <span className="whitespace-nowrap">{minuteOf(at)}</span> },
            { name: 'Who', cell: ({ by }) => by },
            {
              name: 'Command',
              cell: ({ command, message }) => (
                <div className="py-1.5">
                  <code className="font-mono text-code break-all">{command}</code>
                  {message !== null && <p className="text-sm text-danger-text">{message}</p>}
                </div>
              ),
            },
            {
              name: 'Result',
              cell: ({ ok }) => (ok ? <Badge kind="success">done</Badge> : <Badge kind="danger">failed</Badge>),
            },
            { name: 'Took', isNumber: true, cell: ({ ms }) => durationText(ms) },
          ]}
        />
      )}
      {hasNextPage && (
        <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()} className="self-start">
          Show more
        </Button>
      )}
    </Page>
  )
}
