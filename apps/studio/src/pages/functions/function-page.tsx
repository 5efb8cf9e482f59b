import { AdminApiError } from '@koyalite/client/admin'
import { Link, linkOptions, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { ListBeside } from '../../kit/list-beside'
import { PartTabs } from '../../kit/part-tabs'
import { SideList } from '../../kit/side-list'
import { EmptyState, ErrorState, Skeleton } from '../../kit/states'
import { FunctionState } from './function-state'
import { FUNCTION_TABS, type FunctionTab } from './functions-search'
import { InvokeTab } from './invoke-tab'
import { OverviewTab } from './overview-tab'
import { type FunctionDetail, useFunction, useFunctions } from './use-functions'
import { VersionsTab } from './versions-tab'

/** One function, beside the others. */
export function FunctionPage() {
  const { name } = useParams({ from: '/shell/functions/$name' })
  const search = useSearch({ from: '/shell/functions/$name' })
  const { data: all } = useFunctions()
  const { data: fn, error, refetch } = useFunction(name)
  const isGone = error instanceof AdminApiError && error.status === 404
  return (
    <ListBeside
      label="All functions"
      list={(close) => (
        <SideList
          what="functions"
          onOpen={close}
          entries={all?.functions.map((one) => ({
            key: one.name,
            name: one.name,
            note: one.version === null || one.problems.length > 0 ? 'problems' : undefined,
            isCurrent: one.name === name,
            link: linkOptions({ to: '/functions/$name', params: { name: one.name }, search }),
          }))}
        />
      )}
    >
      {isGone && (
        <EmptyState title={`There is no function “${name}”`}>
          <p>Its file may have another name by now, or be deleted.</p>
          <Link to="/functions" className="text-link underline">
            All functions
          </Link>
        </EmptyState>
      )}
      {error !== null && !isGone && (
        <ErrorState what="The function could not be read" error={error} onRetry={() => void refetch()} />
      )}
      {fn === undefined && error === null && <Skeleton className="m-6 h-[320px] w-[min(680px,90%)]" />}
      {fn !== undefined && !isGone && <FunctionParts key={name} fn={fn} />}
    </ListBeside>
  )
}

const NAMES: Readonly<Record<FunctionTab, string>> = { overview: 'Overview', invoke: 'Invoke', versions: 'Versions' }

function FunctionParts({ fn }: { readonly fn: FunctionDetail }) {
  const { tab = 'overview' } = useSearch({ from: '/shell/functions/$name' })
  const navigate = useNavigate({ from: '/functions/$name' })
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <div className="flex flex-wrap items-center gap-3 px-6 pt-5 pb-3 max-sm:px-4">
        <h1 className="min-w-0 text-title font-semibold break-all">{fn.name}</h1>
        <FunctionState of={fn} />
        {fn.version !== null && <span className="text-text-2">version {fn.version}</span>}
        <span className="flex-1" />
        <Link to="/executions" search={{ function: fn.name }} className="text-link hover:underline">
          Its executions
        </Link>
      </div>
      <PartTabs
        label={`Parts of ${fn.name}`}
        tabs={FUNCTION_TABS}
        names={NAMES}
        tab={tab}
        onTab={(next) => void navigate({ search: next === 'overview' ? {} : { tab: next } })}
        within="page"
      >
        {tab === 'overview' && <OverviewTab fn={fn} />}
        {tab === 'invoke' && <InvokeTab key={fn.name} fn={fn} />}
        {tab === 'versions' && <VersionsTab fn={fn} />}
      </PartTabs>
    </div>
  )
}
