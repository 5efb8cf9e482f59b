import type { Collection } from '@koyalite/schema'
import { isCandidate } from './candidate'
import { type EvaluatedList, type Evaluation, isOuter } from './evaluate-plans'
import type { TableAccess } from './read-plan'

/** What a plan means, a sentence for each part of the work. */
export function planInWords(
  list: EvaluatedList,
  evaluation: Evaluation,
  tables: ReadonlyMap<string, ReadonlySet<Collection>>,
): readonly string[] {
  const { query } = list
  const inner = evaluation.scans.flatMap((scan) =>
    [...(tables.get(scan.alias) ?? [])].map(({ name }) => scanInWords(name, scan, evaluation)),
  )
  return [
    pageInWords(list, evaluation),
    ...new Set(inner),
    ...(query.count ? [countInWords(list, evaluation)] : []),
    ...(query.offset > 0 ? ['The documents that offset skips are read too.'] : []),
  ]
}

function scanInWords(collection: string, scan: TableAccess, evaluation: Evaluation): string {
  if (scan.isAutomatic) return `All documents of ${collection} are read, to make an index for this list alone.`
  return isOuter(scan, evaluation)
    ? `All documents of ${collection} are read first.`
    : `For each document, all documents of ${collection} are read.`
}

function pageInWords({ query }: EvaluatedList, { root, reads, page, unsearched }: Evaluation): string {
  const { collection } = query
  const { name } = collection
  const [access] = root
  const rest = unsearched.map((field) => field.name).join(', ')
  const tested = rest === '' ? '' : ` and tested for ${rest}`
  switch (reads) {
    case 'page':
      return access?.isSearch
        ? `${found(access, collection)}, in the order asked for: no more than the page is read.`
        : `The page is read in the order of ${indexOf(access)}, and nothing else.`
    case 'until_full':
      return access?.isSearch
        ? `${found(access, collection)}, in the order asked for; each is read${tested} until the page is full.`
        : `The documents of ${name} are read in the order of ${indexOf(access)}${tested} until the page is full: fast where most of them match, slow where few do.`
    case 'matches':
      return page.isUnion
        ? `Indexes on ${root.map((one) => fieldsOf(one, collection)).join(' and on ')} find the documents of ${name} for each alternative; all of them are read${tested} and sorted.`
        : `${found(access, collection)}; all of them are read${tested} and sorted.`
    case 'everything':
      return `All documents of ${name} are read${tested} and sorted.`
  }
}

function found(access: TableAccess | undefined, collection: Collection): string {
  return `${sentence(indexOf(access))} finds the documents of ${collection.name} by ${fieldsOf(access, collection)}`
}

/** What the index is searched by, as schema.yaml calls it. */
function fieldsOf(access: TableAccess | undefined, { fields, primaryKey }: Collection): string {
  const columns = [...(access?.equal ?? []), ...(access?.ranges ?? [])]
  const names = new Map([...fields.values()].map(({ column, name }) => [column, name]))
  return columns.map((column) => (column === 'rowid' ? primaryKey.name : (names.get(column) ?? column))).join(', ')
}

function indexOf(access: TableAccess | undefined): string {
  const index = access?.index ?? null
  if (index === null || index.startsWith('sqlite_autoindex_')) return 'the key'
  return isCandidate(index) ? 'the new index' : `the index ${index}`
}

function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function countInWords({ query, statements }: EvaluatedList, { root }: Evaluation): string {
  const { name } = query.collection
  if (statements.tested.size === 0) return `count=true counts all documents of ${name}.`
  return root.every(({ isSearch }) => isSearch)
    ? 'count=true reads all documents that are found so.'
    : `count=true reads all documents of ${name}.`
}
