import { useQuery } from '@tanstack/react-query'
import { CircleCheck } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../../kit/button'
import { ErrorState, Skeleton } from '../../kit/states'
import { useSession } from '../../session/session-context'
import { FindingList } from './finding-list'
import { openFindings } from './findings'

const FIRST = 3

/** What the checks of `koyalite doctor` say, problems first; nothing of what is well. */
export function Attention() {
  const { admin } = useSession()
  const { data, error, refetch } = useQuery({ queryKey: ['doctor'], queryFn: () => admin.runDoctor() })
  const open = data && openFindings(data.findings)
  const [isAll, setAll] = useState(false)
  // Every problem; notes can wait.
  const first = Math.max(FIRST, open?.filter(({ level }) => level === 'problem').length ?? 0)
  return (
    <section aria-labelledby="attention" className="flex flex-col gap-3">
      <h2 id="attention" className="text-title font-semibold">
        Needs attention
      </h2>
      {error !== null && <ErrorState what="The checks could not be run" error={error} onRetry={() => void refetch()} />}
      {open === undefined && error === null && <Skeleton className="h-[62px] w-full" />}
      {open?.length === 0 && (
        <p className="flex items-center gap-2 rounded-panel bg-success-soft px-4 py-3 text-success-text">
          <CircleCheck aria-hidden="true" size={16} strokeWidth={1.5} />
          All {data?.findings.length} checks passed
        </p>
      )}
      {open !== undefined && open.length > 0 && <FindingList findings={isAll ? open : open.slice(0, first)} />}
      {open !== undefined && !isAll && open.length > first && (
        <Button className="self-start" onClick={() => setAll(true)}>
          Show all {open.length}
        </Button>
      )}
    </section>
  )
}
