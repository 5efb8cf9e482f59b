import { pageLimit } from '@koyalite/contracts'
import { z } from 'zod'

export interface Paginated<Name extends string, Item extends z.ZodType, Filters extends z.ZodRawShape> {
  /** `limit` (1 to 500, by default 50), `cursor`, and the filters. */
  readonly query: z.ZodObject<typeof PAGE & Filters, z.core.$strict>
  /** `{ <name>: […], next_cursor }` */
  readonly response: z.ZodObject<
    { readonly [K in Name]: z.ZodArray<Item> } & { next_cursor: z.ZodNullable<z.ZodString> },
    z.core.$strip
  >
}

const PAGE = {
  limit: pageLimit.default(50).describe('How many entries a page has at most; 50 by default.'),
  cursor: z.string().min(1).max(1000).optional().describe('The next_cursor of the page before.'),
}

/** Declares a list in pages: all lists of the admin API have the same parameters and the same shape. */
export function paginated<
  const Name extends string,
  Item extends z.ZodType,
  Filters extends z.ZodRawShape = Record<never, never>,
>(name: Name, item: Item, filters?: Filters): Paginated<Name, Item, Filters> {
  const response = z.object({ [name]: z.array(item), next_cursor: z.string().nullable() })
  // A computed name is lost on the way through the type of the literal.
  return { query: z.strictObject({ ...PAGE, ...filters }), response } as unknown as Paginated<Name, Item, Filters>
}

/**
 * One page of what was found.
 * @param found in order, from the cursor on; one more than `limit` where there are more
 * @param cursorOf the cursor behind an entry
 */
export function pageOf<T>(
  found: readonly T[],
  limit: number,
  cursorOf: (last: T) => string,
): { readonly page: readonly T[]; readonly next_cursor: string | null } {
  const last = found[limit - 1]
  return {
    page: found.slice(0, limit),
    next_cursor: found.length > limit && last !== undefined ? cursorOf(last) : null,
  }
}
