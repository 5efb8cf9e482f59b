import { useNavigate } from '@tanstack/react-router'
import { INPUT } from '../../kit/text-field'
import { useFunctions } from '../functions/use-functions'
import { STATUS_NAMES } from './execution-status'
import { EXECUTION_STATUSES, type ExecutionsSearch, executionsSearch } from './executions-search'

/** What the list of executions is filtered by. All of it is in the address. */
export function ExecutionFilters({ search }: { readonly search: ExecutionsSearch }) {
  const navigate = useNavigate({ from: '/executions' })
  const { data } = useFunctions({ isFollowed: false })
  const { function: name = '', status = '', request_id: request = '' } = search
  const names = data?.functions.map((one) => one.name) ?? []
  const set = (change: Readonly<Record<string, string>>) =>
    void navigate({ search: executionsSearch({ ...search, ...change, id: undefined }), replace: true })
  return (
    <div className="flex flex-wrap items-center gap-2">
      <select
        aria-label="Function"
        value={name}
        onChange={({ target }) => set({ function: target.value })}
        className={SELECT}
      >
        <option value="">Any function</option>
        {(name === '' || names.includes(name) ? names : [name, ...names]).map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
      <select
        aria-label="Status"
        value={status}
        onChange={({ target }) => set({ status: target.value })}
        className={SELECT}
      >
        <option value="">Any status</option>
        {EXECUTION_STATUSES.map((one) => (
          <option key={one} value={one}>
            {STATUS_NAMES[one]}
          </option>
        ))}
      </select>
      <input
        type="search"
        aria-label="Id of a request"
        placeholder="Id of a request"
        value={request}
        onChange={({ target }) => set({ request_id: target.value.trim() })}
        className={`${INPUT} max-w-[340px] max-sm:max-w-none`}
      />
    </div>
  )
}

const SELECT = `${INPUT} w-auto! max-w-[280px] max-sm:min-w-0 max-sm:flex-1`
