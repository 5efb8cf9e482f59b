import { useNavigate } from '@tanstack/react-router'
import { INPUT } from '../../kit/text-field'
import { useFunctions } from '../functions/use-functions'
import { JOB_STATES, type ListedJob, STATE_NAMES } from './job-state'
import { type JobsSearch, jobsSearch } from './jobs-search'

export interface JobFiltersProps {
  readonly search: JobsSearch
  /** Those that are listed: work of the server has names that are of no function. */
  readonly jobs: readonly ListedJob[]
}

/** What the list of jobs is filtered by. All of it is in the address. */
export function JobFilters({ search, jobs }: JobFiltersProps) {
  const navigate = useNavigate({ from: '/jobs' })
  const { data } = useFunctions({ isFollowed: false })
  const { name = '', state = '' } = search
  const known = [...(data?.functions ?? []), ...jobs].map((one) => one.name)
  const names = [...new Set(name === '' ? known : [name, ...known])].sort()
  const set = (change: Readonly<Record<string, string>>) =>
    void navigate({ search: jobsSearch({ ...search, ...change, id: undefined }), replace: true })
  return (
    <div className="flex flex-wrap items-center gap-2">
      <select
        aria-label="State"
        value={state}
        onChange={({ target }) => set({ state: target.value })}
        className={SELECT}
      >
        <option value="">Any state</option>
        {JOB_STATES.map((one) => (
          <option key={one} value={one}>
            {STATE_NAMES[one]}
          </option>
        ))}
      </select>
      <select aria-label="Name" value={name} onChange={({ target }) => set({ name: target.value })} className={SELECT}>
        <option value="">Any name</option>
        {names.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    </div>
  )
}

const SELECT = `${INPUT} w-auto! max-w-[280px] max-sm:min-w-0 max-sm:flex-1`
