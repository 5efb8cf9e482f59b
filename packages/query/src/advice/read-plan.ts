import type { PlanStep } from '@koyalite/contracts'

/** How a plan finds the rows of one table. */
export interface TableAccess {
  /** The alias that the table has in the statement. */
  readonly alias: string
  /** An index leads to the rows; else all of them are read. */
  readonly isSearch: boolean
  /** The index has all that is read: the rows themselves are not looked at. */
  readonly isCovering: boolean
  /** All rows are read to make an index for this statement. */
  readonly isAutomatic: boolean
  /** The index that is used, for searching or for its order. Null: none, or the key. */
  readonly index: string | null
  /** Columns whose value the index is searched for. */
  readonly equal: readonly string[]
  /** Columns of which the index is searched for a range. */
  readonly ranges: readonly string[]
}

/** The parts of a query plan that decide how much is read. */
export interface ReadPlan {
  readonly accesses: readonly TableAccess[]
  /** Several indexes are searched, one for each operand of an OR. */
  readonly isUnion: boolean
  /** By how many keys, the last ones, rows with the same first keys are sorted. 0: none are; infinite: all are, by all keys. */
  readonly sortedKeys: number
  /** Rows are sorted to be grouped. */
  readonly sortsGroups: boolean
}

const ACCESS =
  /^(SCAN|SEARCH) (\S+)(?: EXISTS)?(?: USING (AUTOMATIC )?(?:PARTIAL )?(COVERING )?(?:INDEX (.+?)|INTEGER PRIMARY KEY|PRIMARY KEY)(?: \((.+)\))?)?$/

export function readPlan(steps: readonly PlanStep[]): ReadPlan {
  return {
    accesses: steps.flatMap(({ detail }) => accessOf(detail)),
    isUnion: steps.some(({ detail, depth }) => depth === 0 && detail === 'MULTI-INDEX OR'),
    sortsGroups: steps.some(({ detail }) => detail === 'USE TEMP B-TREE FOR GROUP BY'),
    sortedKeys: sortedKeysOf(steps.filter(({ depth }) => depth === 0)),
  }
}

function accessOf(detail: string): readonly TableAccess[] {
  const [, word, alias, automatic, covering, index = null, terms = ''] = ACCESS.exec(detail) ?? []
  // Virtual tables, constant rows and the like hold no documents.
  if (alias === undefined) return []
  const columnsBy = (operators: RegExp) =>
    terms.split(' AND ').flatMap((term) => {
      const [, column, operator = ''] = /^(.+?)([=<>])\?$/.exec(term) ?? []
      return column !== undefined && operators.test(operator) ? [column] : []
    })
  const isAutomatic = automatic !== undefined
  // A search without any terms is for the least or greatest of all rows.
  const isSearch = word === 'SEARCH' && !isAutomatic && terms !== ''
  const isCovering = covering !== undefined
  return [
    { alias, isSearch, isCovering, isAutomatic, index, equal: columnsBy(/=/), ranges: [...new Set(columnsBy(/[<>]/))] },
  ]
}

function sortedKeysOf(steps: readonly PlanStep[]): number {
  const keys = steps.flatMap(({ detail }) => {
    if (!/^USE TEMP B-TREE FOR .*ORDER BY$/.test(detail)) return []
    const [last, number] = /FOR LAST (?:(\d+) )?TERMS? OF ORDER BY$/.exec(detail) ?? []
    return [last === undefined ? Number.POSITIVE_INFINITY : Number(number ?? 1)]
  })
  return Math.max(0, ...keys)
}
