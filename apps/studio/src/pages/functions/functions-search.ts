import { type Actor, actorFrom } from '../../kit/actor'

export const FUNCTION_TABS = ['overview', 'invoke', 'versions'] as const
export type FunctionTab = (typeof FUNCTION_TABS)[number]

export interface FunctionSearch {
  readonly tab?: FunctionTab
  /** As whom it is invoked. */
  readonly as?: Exclude<Actor, 'operator'>
}

export function functionSearch({ tab, as }: Readonly<Record<string, unknown>>): FunctionSearch {
  const actor = actorFrom(as)
  return {
    ...(isTab(tab) && tab !== 'overview' && { tab }),
    ...(actor !== undefined && { as: actor }),
  }
}

function isTab(value: unknown): value is FunctionTab {
  return FUNCTION_TABS.some((tab) => tab === value)
}
