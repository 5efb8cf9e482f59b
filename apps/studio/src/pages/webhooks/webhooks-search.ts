import { newSearch } from '../../kit/use-new-in-address'

export interface WebhooksSearch {
  /** Whose details are open. */
  readonly name?: string
  /** The form of a new one is open. */
  readonly new?: true
}

export function webhooksSearch(search: Record<string, unknown>): WebhooksSearch {
  const { name } = search
  return { ...(typeof name === 'string' && name !== '' && { name: name.slice(0, 100) }), ...newSearch(search) }
}
