export const EXECUTION_STATUSES = ['ok', 'refused', 'error', 'crashed', 'memory', 'timeout', 'not_run'] as const
export type ExecutionStatus = (typeof EXECUTION_STATUSES)[number]

export interface ExecutionsSearch {
  readonly function?: string
  readonly status?: ExecutionStatus
  readonly request_id?: string
  /** 0: the list stands still. */
  readonly live?: 0
  /** The execution whose details are open. */
  readonly id?: string
}

export function executionsSearch(search: Readonly<Record<string, unknown>>): ExecutionsSearch {
  const status = EXECUTION_STATUSES.find((one) => one === search.status)
  const { live } = search
  return {
    ...text(search, 'function'),
    ...(status !== undefined && { status }),
    ...text(search, 'request_id'),
    ...((live === 0 || live === '0') && { live: 0 as const }),
    ...text(search, 'id'),
  }
}

const MAX_LENGTH = 100

/** What the router has read as a number was written as one: `request_id=404`. */
function text<Name extends 'function' | 'request_id' | 'id'>(
  search: Readonly<Record<string, unknown>>,
  name: Name,
): { readonly [K in Name]?: string } {
  const value = search[name]
  const isText = (typeof value === 'string' && value !== '') || typeof value === 'number'
  return isText ? ({ [name]: String(value).slice(0, MAX_LENGTH) } as { readonly [K in Name]?: string }) : {}
}
