import type { SchemaOf } from '@koyalite/client/data'
import type { New, Patch, Stored } from './define-hooks'
import type { PrepareContext } from './hook-context'

/** Of an override. */
export interface OverrideContext<S extends SchemaOf<S>, Doc, Data> extends PrepareContext<S> {
  /** The key of the document; null for a creation. */
  readonly id: string | null
  /** Makes the write with the rights of whoever asked for it, as it was sent or with other data. */
  next(data?: Data): Promise<Doc>
}

/** Writes of users that code makes instead. What it returns is the response; nothing: what `next` returned. */
export type OverrideDefinitions<S extends SchemaOf<S>> = {
  readonly [C in keyof S & string as `${C}.create`]?: (
    ctx: OverrideContext<S, Stored<S, C>, New<S, C>>,
    data: New<S, C>,
  ) => Promise<unknown>
} & {
  readonly [C in keyof S & string as `${C}.update`]?: (
    ctx: OverrideContext<S, Stored<S, C>, Patch<S, C>>,
    data: Patch<S, C>,
  ) => Promise<unknown>
} & {
  readonly [C in keyof S & string as `${C}.delete`]?: (ctx: OverrideContext<S, null, never>) => Promise<unknown>
}
