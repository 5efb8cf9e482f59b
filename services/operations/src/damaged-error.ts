import { AppError } from '@koyalite/contracts'

/** Nothing is made of a damaged database that could be taken for a good copy. @param damages as `verify` returns them */
export function damagedError(damages: readonly string[]): AppError {
  const [first = 'a page cannot be read', ...more] = damages
  const rest = more.length === 0 ? '' : ` (and ${more.length} more)`
  return new AppError(
    'UNAVAILABLE',
    `The database is damaged: ${first}${rest}. Run koyalite doctor, and restore a backup: koyalite db restore <backup>.`,
  )
}
