import { useQuery } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import { Button } from '../../kit/button'
import { Page } from '../../kit/page'
import { ErrorState, Skeleton } from '../../kit/states'
import { useSession } from '../../session/session-context'
import { FindingList } from '../home/finding-list'
import { openFindings } from '../home/findings'

/** All checks of `koyalite doctor`, with what to do about those that are not well. */
export function HealthPage() {
  const { admin } = useSession()
  const { data, error, refetch, isFetching } = useQuery({ queryKey: ['doctor'], queryFn: () => admin.runDoctor() })
  const open = data && openFindings(data.findings)
  const passed = data?.findings.filter(({ level }) => level === 'ok')
  return (
    <Page
      title="Health"
      actions={
        <Button isBusy={isFetching} onClick={() => void refetch()}>
          Check again
        </Button>
      }
    >
      {error !== null && <ErrorState what="The checks could not be run" error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton className="h-[320px] w-full" />}
      {open !== undefined && open.length > 0 && (
        <section aria-label="To look at">
          <FindingList findings={open} />
        </section>
      )}
      {passed !== undefined && (
        <section aria-labelledby="passed" className="flex flex-col gap-3">
          <h2 id="passed" className="text-title font-semibold">
            {open?.length === 0 ? `All ${passed.length} checks passed` : `${passed.length} checks passed`}
          </h2>
          <ul className="grid grid-cols-2 gap-x-8 max-md:grid-cols-1">
            {passed.map(({ check, message }) => (
              <li key={`${check} ${message}`} className="flex gap-2 border-t border-line py-2">
                <CircleCheck
                  aria-hidden="true"
                  size={16}
                  strokeWidth={1.5}
                  className="mt-0.5 flex-none text-success-text"
                />
                <span className="min-w-0 break-words">
                  <span className="font-medium">{check}</span> <span className="text-text-2">{message}</span>
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <p className="text-sm text-text-3">
        The same on the server, also while it cannot start: <code className="font-mono">koyalite doctor</code>
      </p>
    </Page>
  )
}
