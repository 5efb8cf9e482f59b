import type { CheckedCel } from './check-cel'
import { type AuthPart, childrenOf, type Expression, type RequestPart, type Row, type Rows } from './expression'

/** What the result of an expression depends on. Names are those of the schema. */
export interface CelDependencies {
  /** The fields that are read of each row of the scope: `doc`, `old`. */
  readonly rows: ReadonlyMap<string, ReadonlySet<string>>
  /** `can` stands for the permissions of the role. */
  readonly auth: ReadonlySet<AuthPart | 'can'>
  readonly request: ReadonlySet<RequestPart>
  /** Collections of which every document may matter: those that macros look through. */
  readonly collections: ReadonlySet<string>
  /** References that are followed. A document of `to` matters where its `key` is the value of the field. */
  readonly references: readonly CelReference[]
  /** The fields that are read of other collections' documents, by collection. */
  readonly fields: ReadonlyMap<string, ReadonlySet<string>>
}

export interface CelReference {
  readonly from: string
  readonly field: string
  readonly to: string
  readonly key: string
}

interface Found {
  readonly rows: Map<string, Set<string>>
  readonly auth: Set<AuthPart | 'can'>
  readonly request: Set<RequestPart>
  readonly collections: Set<string>
  readonly references: Map<string, CelReference>
  readonly fields: Map<string, Set<string>>
}

/** Everything that can change the result of an expression. */
export function dependenciesOf({ root }: CheckedCel): CelDependencies {
  const found: Found = {
    rows: new Map(),
    auth: new Set(),
    request: new Set(),
    collections: new Set(),
    references: new Map(),
    fields: new Map(),
  }
  collect(root, found)
  return { ...found, references: [...found.references.values()] }
}

function collect(expression: Expression, found: Found): void {
  switch (expression.kind) {
    case 'auth':
      if (expression.part === 'permissions') found.auth.add('can').add('role')
      else found.auth.add(expression.part)
      break
    case 'request':
      found.request.add(expression.part)
      break
    case 'field':
      addField(expression.row, expression.field.name, found)
      break
    case 'present':
      addRow(expression.row, found)
      break
    case 'rowMacro':
    case 'rowCount':
    case 'rowMap':
      addRows(expression.rows, found)
      break
  }
  for (const child of childrenOf(expression)) collect(child, found)
}

function addRows({ collection }: Rows, found: Found): void {
  found.collections.add(collection.name)
}

function addField(row: Row, field: string, found: Found): void {
  if (row.kind === 'root') addTo(found.rows, row.name, field)
  else addTo(found.fields, row.collection.name, field)
  addRow(row, found)
}

/** A row at the end of a reference depends on the key before it. */
function addRow(row: Row, found: Found): void {
  if (row.kind !== 'follow') return
  const reference = {
    from: row.from.collection.name,
    field: row.field.name,
    to: row.collection.name,
    key: row.key.name,
  }
  found.references.set(`${reference.from}.${reference.field}`, reference)
  addField(row.from, row.field.name, found)
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const values = map.get(key) ?? new Set<string>()
  map.set(key, values.add(value))
}
