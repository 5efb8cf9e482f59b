/** What a difference is about. */
export type Subject =
  | { readonly of: 'collection'; readonly change: Change; readonly collection: string }
  | { readonly of: 'field'; readonly change: Change; readonly collection: string; readonly field: string }
  | { readonly of: 'index'; readonly change: Change; readonly collection: string; readonly index: string }
  | { readonly of: 'rules'; readonly change: Change; readonly collection: string }
  | { readonly of: 'role'; readonly change: Change; readonly role: string }
  | { readonly of: 'definition'; readonly change: Change; readonly definition: string }

export type Change = 'added' | 'removed' | 'changed'

/** One way in which a schema differs from the one before it. */
export interface Difference {
  /** `additive` ones are applied by themselves; `destructive` ones could lose or refuse data, and need a migration file. */
  readonly kind: 'additive' | 'destructive'
  readonly subject: Subject
  /** For people: `+ posts.view_count`, `~ posts.title: maxLength 200 → 100`. */
  readonly line: string
  /** Why a destructive one is held back. */
  readonly reason?: string
  /** What a removal or an addition may be in truth. Never assumed: it is for the author to say. */
  readonly hint?: RenameHint
}

/** Something is gone and something alike is new: it may have been renamed. `collection` is absent where collections are meant. */
export interface RenameHint {
  readonly collection?: string
  readonly from: string
  readonly to: string
  /** What both are stored in, as `column 'name'`: then it is a rename, and loses nothing. */
  readonly stays?: string
}

/** `posts.name may have been renamed to posts.title` */
export function formatHint({ collection, from, to, stays }: RenameHint): string {
  const prefix = collection === undefined ? '' : `${collection}.`
  const names = (verb: string) => `${prefix}${from} ${verb} ${prefix}${to}`
  return stays === undefined
    ? names('may have been renamed to')
    : `${names('is renamed to')}: the ${stays} stays, and no data is lost`
}
