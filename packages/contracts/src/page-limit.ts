import { z } from 'zod'

/** How many entries a page of an admin list has, from a query: digits alone. Number() takes fractions, exponents, blanks and nothing at all for whole numbers too. */
export const pageLimit = z.preprocess(
  (text) => (typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : text),
  z.int('must be a whole number from 1 to 500').min(1).max(500),
)
