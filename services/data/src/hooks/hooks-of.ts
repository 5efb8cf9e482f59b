import type { HookOperation } from '@koyalite/contracts'
import type { DataContext } from '../data-context'
import type { WriteHooks } from './hook-source'

const STAGES = ['prepare', 'before', 'after'] as const

/** The hooks of a collection for some operations; null where it has none for any of them. */
export function hooksOf(
  { hooks }: Pick<DataContext, 'hooks'>,
  collection: string,
  operations: readonly HookOperation[],
): WriteHooks | null {
  const found = hooks.of(collection)
  if (found === null) return null
  return operations.some((operation) => STAGES.some((stage) => found.has(stage, operation))) ? found : null
}

/** Whether any collection has hooks: a write of one of them may change documents of any other. */
export function hasHooks({ hooks, models }: Pick<DataContext, 'hooks' | 'models'>): boolean {
  for (const name of models.keys()) if (hooks.of(name) !== null) return true
  return false
}
