import type { LiveListSearch } from '../observe/live-list-page'
import { MAIL_STATES, type MailState } from './mail-state'

export interface MailsSearch extends LiveListSearch {
  readonly state?: MailState
}

export function mailsSearch(search: Readonly<Record<string, unknown>>): MailsSearch {
  const { id, live } = search
  const state = MAIL_STATES.find((one) => one === search.state)
  return {
    ...(state !== undefined && { state }),
    ...((live === 0 || live === '0') && { live: 0 as const }),
    ...(typeof id === 'string' && id !== '' && { id: id.slice(0, 100) }),
  }
}
