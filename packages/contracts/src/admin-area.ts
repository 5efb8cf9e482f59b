import type { KeyScope, OperatorRole } from './actor'

/** An area of the admin API, and who may use it. Everyone who may write may read. Owned by the service whose routes are in it. */
export interface AdminArea {
  /** As permissions name it: `users` in `users:read`. */
  readonly name: string
  /** The least role of an operator that suffices; null for none. */
  readonly read: OperatorRole | null
  readonly write: OperatorRole | null
  /** The scope of a service key that suffices; null: never a key. */
  readonly scope: KeyScope | null
  /** The collection it manages, if it is one: a scope limited to that collection suffices. */
  readonly collection?: string
}
