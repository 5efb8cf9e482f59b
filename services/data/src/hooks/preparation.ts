import { AppError, type HookOperation, type HookValues } from '@koyalite/contracts'
import type { Prepared } from '../caller'
import type { HookTarget, WriteHooks } from './hook-source'
import type { Ready } from './ready'

/** What `prepare…` hooks have to do with one write. */
export interface Preparation {
  /** Runs them, before the write is queued; undefined where there are none, or they have run. */
  readonly ready: Ready
  /**
   * What they made of what was sent; null where there are none for that. Throws CONFLICT where the write comes to another operation
   * than they were told, and INVALID_REQUEST where nothing could wait for them.
   */
  made(operation: HookOperation): HookValues | null
}

/**
 * @param operation what the write is going to be, as far as that can be known
 * @param shown what they are given
 */
export function preparation(
  target: HookTarget,
  hooks: WriteHooks,
  {
    operations,
    operation = () => operations[0] as HookOperation,
    shown,
  }: {
    readonly operations: readonly HookOperation[]
    readonly operation?: () => HookOperation
    readonly shown: (operation: HookOperation) => HookValues | null
  },
): Preparation {
  const { caller, model } = target
  const prepares = operations.some((one) => hooks.has('prepare', one))
  if (!prepares) return NOTHING_TO_DO
  const { hooking } = caller
  if (hooking?.isUnprepared) return NOTHING_TO_DO
  const prepared: Prepared = hooking?.prepared?.() ?? {}
  const ready = async () => {
    const so = operation()
    const data = hooks.has('prepare', so) ? await hooks.prepare(target, so, shown(so)) : null
    prepared.done = { operation: so, data }
  }
  return {
    ready: prepared.done === undefined ? ready : undefined,
    made(so) {
      if (!hooks.has('prepare', so)) return null
      const { done } = prepared
      const { name } = model.collection
      if (done === undefined) {
        const message = `'${name}' has hooks that prepare its writes before any of them is made, so they cannot name keys of earlier operations (\`$result\`): choose these keys yourself.`
        throw new AppError('INVALID_REQUEST', message)
      }
      if (done.operation !== so)
        throw new AppError('CONFLICT', `The document of '${name}' was created or deleted meanwhile: try again.`)
      return done.data
    },
  }
}

const NOTHING_TO_DO: Preparation = { ready: undefined, made: () => null }
