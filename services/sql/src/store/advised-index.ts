import { quoteName } from '@koyalite/contracts'

/** An index for a planner to try. */
export function indexStatement(table: string, columns: readonly string[]): string {
  const name = quoteName(`koyalite_try_${table}_${columns.join('_')}`)
  return `CREATE INDEX ${name} ON ${quoteName(table)} (${columns.map(quoteName).join(', ')})`
}
