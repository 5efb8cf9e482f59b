import { newSearch } from '../../kit/use-new-in-address'
import type { LiveListSearch } from '../observe/live-list-page'
import { JOB_STATES, type JobState } from './job-state'

export interface JobsSearch extends LiveListSearch {
  readonly state?: JobState
  readonly name?: string
  /** The form of a new one is open. */
  readonly new?: true
}

const MAX_LENGTH = 200

export function jobsSearch(search: Readonly<Record<string, unknown>>): JobsSearch {
  const state = JOB_STATES.find((one) => one === search.state)
  const { live, name, id } = search
  return {
    ...(state !== undefined && { state }),
    ...(typeof name === 'string' && name !== '' && { name: name.slice(0, MAX_LENGTH) }),
    ...((live === 0 || live === '0') && { live: 0 as const }),
    ...(typeof id === 'string' && id !== '' && { id: id.slice(0, MAX_LENGTH) }),
    ...newSearch(search),
  }
}
