import { useQuery } from '@tanstack/react-query'
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react'
import { ErrorState, Skeleton } from '../../kit/states'
import { useSession } from '../../session/session-context'

const RANK = { problem: 0, note: 1, ok: 2 }

/** What the checks of `koyalite doctor` say, problems first; nothing of what is well. */
export function Attention() {
  const { admin } = useSession()
  const { data, error, refetch } = useQuery({ queryKey: ['doctor'], queryFn: () => admin.runDoctor() })
  return (
    <section aria-labelledby="attention" className="flex flex-col gap-3">
      <h2 id="attention" className="text-title font-semibold">
        Needs attention
      </h2>
      {error !== null && <ErrorState what="The checks could not be run" error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton className="h-[62px] w-full" />}
      {data !== undefined && <Findings findings={data.findings} />}
    </section>
  )
}

interface Finding {
  readonly check: string
  readonly level: keyof typeof RANK
  readonly message: string
  readonly advice?: string
}

function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  const open = findings.filter(({ level }) => level !== 'ok').toSorted((a, b) => RANK[a.level] - RANK[b.level])
  if (open.length === 0) {
    return (
      <p className="flex items-center gap-2 rounded-panel bg-success-soft px-4 py-3 text-success-text">
        <CircleCheck aria-hidden="true" size={16} strokeWidth={1.5} />
        All {findings.length} checks passed
      </p>
    )
  }
  return (
    <ul className="divide-y divide-line rounded-panel border border-line">
      {open.map(({ check, level, message, advice }) => (
        <li key={`${check} ${message}`} className="flex gap-3 px-4 py-3">
          {level === 'problem' ? (
            <CircleAlert
              aria-label="Problem"
              size={16}
              strokeWidth={1.5}
              className="mt-0.5 flex-none text-danger-text"
            />
          ) : (
            <TriangleAlert
              aria-label="Note"
              size={16}
              strokeWidth={1.5}
              className="mt-0.5 flex-none text-warning-text"
            />
          )}
          <div className="min-w-0 break-words">
            <p className="font-medium">{sentence(check)}</p>
            <p className="text-text-2">{sentence(message)}</p>
            {advice !== undefined && <p className="text-text-2">{advice}</p>}
          </div>
        </li>
      ))}
    </ul>
  )
}

/** Names of settings stay as they are. */
function sentence(text: string): string {
  return /^[a-z_]+\./.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1)
}
