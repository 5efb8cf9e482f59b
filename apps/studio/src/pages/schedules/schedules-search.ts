export interface SchedulesSearch {
  /** Whose details are open. */
  readonly name?: string
}

export function schedulesSearch({ name }: Record<string, unknown>): SchedulesSearch {
  return typeof name === 'string' && name !== '' ? { name } : {}
}
