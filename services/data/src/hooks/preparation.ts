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
  const unknown = new Set(prepared.unknown)
  const known = (data: HookValues | null): HookValues | null =>
    data && Object.fromEntries(Object.entries(data).filter(([name]) => !unknown.has(name)))
  const ready = async () => {
    const so = prepared.actual ?? operation()
    const data = hooks.has('prepare', so) ? await hooks.prepare(target, so, known(shown(so))) : null
    prepared.done = { operation: so, data }
  }
  return {
    ready: prepared.done === undefined ? ready : undefined,
    made(so) {
      if (!hooks.has('prepare', so)) return null
      const { done } = prepared
      const { name } = model.collection
      if (done === undefined) {
        const message = `'${name}' has hooks that prepare its writes, and this one cannot be prepared before keys of earlier operations are known: choose them yourself instead of naming them by \`$result\`.`
        throw new AppError('INVALID_REQUEST', message)
      }
      if (done.operation !== so) {
        prepared.actual = so
        const message = `The document of '${name}' was created or deleted meanwhile: try again.`
        throw new AppError('CONFLICT', message, { cause: new PreparedOtherwise(ready) })
      }
      if (done.data === null || unknown.size === 0) return done.data
      const left = Object.entries(shown(so) ?? {}).filter(([field]) => unknown.has(field))
      return { ...Object.fromEntries(left), ...done.data }
    },
  }
}

/** A write that turned out to be another operation than the one that was prepared: the cause of its error. */
class PreparedOtherwise extends Error {
  readonly again: () => Promise<void>

  constructor(again: () => Promise<void>) {
    super('another operation was prepared')
    this.again = again
  }
}

/** What a write has to wait for before it is made again, where it was refused for what was prepared. */
export function preparedOtherwise(error: unknown): { again(): Promise<void> } | null {
  return error instanceof AppError && error.cause instanceof PreparedOtherwise ? error.cause : null
}

/** Whoever writes the same document at the same time, or in the same batch, does not do so more often. */
const MAX_AGAIN = 20

/** Runs a write, and once more where it has to be prepared in another way. */
export async function untilPrepared<T>(run: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await run()
    } catch (error) {
      const otherwise = preparedOtherwise(error)
      if (otherwise === null || tries === MAX_AGAIN) throw error
      await otherwise.again()
    }
  }
}

const NOTHING_TO_DO: Preparation = { ready: undefined, made: () => null }
