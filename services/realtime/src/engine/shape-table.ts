import type { Membership } from '@koyalite/query'
import type { Collection } from '@koyalite/schema'
import type { WindowShape } from './window'

/** What lists have in common that differ in the parameters of their statements only. */
export interface LiveShape extends WindowShape {
  /** No other shape has this number. */
  readonly id: number
  readonly collection: Collection
  /** The text of the statement that reads the window. */
  readonly page: string
  readonly membership: Membership['text']
  readonly isShared: boolean
  /** The documents say their key themselves. */
  readonly showsKey: boolean
  /** Its window is not that of a list from the beginning: it is read again for every change. */
  readonly isPaged: boolean
  /** Documents come with their ETags. */
  readonly etags: boolean
  /** The response changes with the time alone. */
  readonly isTimed: boolean
  /** It has groups instead of documents: of an aggregate, which is read again for every change. */
  readonly isAggregate: boolean
}

/**
 * Shapes, each kept once: thousands of lists have the same. When there are too many, the oldest are evicted; a shape that
 * comes again has another number then, which costs sharing and nothing else.
 */
export interface ShapeTable {
  /** The shape that is like this one. */
  share(shape: Omit<LiveShape, 'id'>): LiveShape
}

const MAX_SHAPES = 5000

export function createShapeTable(): ShapeTable {
  const shapes = new Map<string, LiveShape>()
  let ids = 0
  return {
    share(shape) {
      const { collection, limit, isAll, descending, count, page, isTimed, isPaged, showsKey, etags, isAggregate } =
        shape
      const flags = [count, isAll, isTimed, isPaged, showsKey, etags, isAggregate]
      const name = JSON.stringify([collection.name, limit, descending, flags, page])
      const known = shapes.get(name)
      if (known) return known
      const oldest = shapes.size >= MAX_SHAPES ? shapes.keys().next().value : undefined
      if (oldest !== undefined) shapes.delete(oldest)
      const added = { ...shape, id: ids++ }
      shapes.set(name, added)
      return added
    },
  }
}
