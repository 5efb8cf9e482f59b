import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useRef, useState } from 'react'
import { ActorPicker } from '../../kit/actor-picker'
import { Button } from '../../kit/button'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { INPUT } from '../../kit/text-field'
import { useSession } from '../../session/session-context'
import { useKeys } from '../../shell/keyboard'
import { CellPanel } from './cell-panel'
import type { Matrix, MatrixCollection } from './decision'
import { MatrixTable } from './matrix-table'
import { OperationsTable } from './operations-table'

/** Collections that are shown at first: each is four rows of links. */
const STEP = 60

/** Who may do what. The column, the search and the cell that is explained are in the address. */
export function MatrixPage() {
  const { admin } = useSession()
  const { role, as, q = '', cell } = useSearch({ from: '/shell/policies' })
  const navigate = useNavigate({ from: '/policies' })
  const input = useRef<HTMLInputElement>(null)
  useKeys({ search: () => input.current?.focus() })
  const { data, error, refetch } = useQuery({
    queryKey: ['rules', 'matrix', as ?? null],
    queryFn: () => admin.readRuleMatrix({ query: { as } }),
    placeholderData: keepPreviousData,
  })
  const [limit, setLimit] = useState(STEP)
  const found = useMemo(() => matching(data, q), [data, q])
  const shown = found.slice(0, limit)
  const actor = data?.actors.find(({ id }) => id === role)
  return (
    <div className="flex h-full min-h-0">
      <div className="flex min-w-0 flex-1 flex-col gap-3 overflow-auto p-6 max-sm:p-4">
        <div className="flex flex-wrap items-center gap-2">
          <h1 className="mr-2 text-title font-semibold">Who may do what</h1>
          <input
            ref={input}
            type="search"
            aria-label="Search collections"
            placeholder="Collection"
            value={q}
            onChange={({ target }) =>
              void navigate({ search: (before) => ({ ...before, q: target.value || undefined }), replace: true })
            }
            className={`${INPUT} w-[200px]!`}
          />
          <select
            aria-label="Callers"
            value={actor?.id ?? ''}
            onChange={({ target }) =>
              void navigate({ search: (before) => ({ ...before, role: target.value || undefined, cell: undefined }) })
            }
            className={`${INPUT} w-auto! max-w-[200px]`}
          >
            <option value="">All callers</option>
            {data?.actors.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
          <ActorPicker
            label={as === undefined ? 'Add' : 'Also'}
            value={as ?? 'anonymous'}
            typedName={as === undefined ? 'a user' : undefined}
            offersOperator={false}
            actsAsUser={false}
            onChange={(next) => {
              const chosen = next === 'operator' || next === 'anonymous' ? undefined : next
              void navigate({
                search: (before) => ({ ...before, as: chosen, role: chosen && 'asked', cell: undefined }),
              })
            }}
          />
        </div>
        {error !== null && (
          <ErrorState what="The matrix could not be read" error={error} onRetry={() => void refetch()} />
        )}
        {data === undefined && error === null && <Skeleton className="h-[320px] w-full" />}
        {data !== undefined && found.length === 0 && <NoCollections q={q} />}
        {data !== undefined &&
          shown.length > 0 &&
          (actor === undefined ? (
            <MatrixTable actors={data.actors} collections={shown} />
          ) : (
            <OperationsTable actor={actor} collections={shown} />
          ))}
        {found.length > limit && (
          <Button onClick={() => setLimit(limit + STEP)} className="self-start">
            Show more
          </Button>
        )}
        {data !== undefined && found.length > 0 && (
          <p className="max-w-[720px] text-sm text-text-3">
            Decided by the code that decides on requests, for all callers of a kind and all documents. Operators and
            service keys are not bound by rules. Who may not read a document can neither change nor delete it.
          </p>
        )}
      </div>
      {data !== undefined && cell !== undefined && (
        <CellPanel
          matrix={data}
          cell={cell}
          asked={as}
          onClose={() => void navigate({ search: (before) => ({ ...before, cell: undefined }) })}
        />
      )}
    </div>
  )
}

function matching(data: Matrix | undefined, q: string): readonly MatrixCollection[] {
  return data?.collections.filter(({ collection }) => collection.includes(q.trim().toLowerCase())) ?? []
}

function NoCollections({ q }: { readonly q: string }) {
  return <EmptyState title="No collection matches">No collection has “{q}” in its name.</EmptyState>
}
