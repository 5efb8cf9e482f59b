import type { HookOperation, HookStage, HookValues, Tx } from '@koyalite/contracts'
import type { Target } from '../store/target'

/** What a write asks for the hooks of its collection. */
export interface HookSource {
  /** Null where a collection has none. */
  of(collection: string): WriteHooks | null
}

/** The hooks of one collection, as writes run them. */
export interface WriteHooks {
  has(stage: HookStage, operation: HookOperation): boolean
  prepare(target: HookTarget, operation: HookOperation, data: HookValues | null): Promise<HookValues | null>
  /** Inside the writer. @param given its objects are the hook's, which may change them */
  before(
    tx: Tx,
    target: HookTarget,
    operation: HookOperation,
    given: { readonly data: HookValues | null; readonly old: HookValues | null },
  ): HookValues | null
  /** Runs it once the write is committed; not at all if that fails. */
  after(
    tx: Tx,
    target: HookTarget,
    operation: HookOperation,
    written: { readonly doc: HookValues | null; readonly old: HookValues | null },
  ): void
}

/** Whose write it is, and of what. */
export type HookTarget = Pick<Target, 'context' | 'caller' | 'model'>
