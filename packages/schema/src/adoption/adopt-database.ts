import type { ForeignDatabase, ForeignTable } from '@koyalite/contracts'
import type { Collection, Field, Schema } from '../model'
import { parseSchema } from '../parse-schema'
import { printSchema } from '../print-schema'
import { formatProblem } from '../problems'
import { emptySchema } from '../serialize-schema'
import { USERS, USERS_FIELDS } from '../users'
import { adoptReferences } from './adopt-references'
import { adoptTable, type Finding } from './adopt-table'
import { adoptedNames } from './adopted-name'

export interface AdoptedDatabase {
  /** The text of schema.yaml. */
  readonly text: string
  readonly schema: Schema
  /** The collections that have a table of the database. */
  readonly adopted: ReadonlySet<string>
  /** What the schema cannot represent, and what should be known. */
  readonly findings: readonly Finding[]
}

/** A schema over the tables of another program, and all that it cannot say about them. */
export function adoptDatabase(database: ForeignDatabase): AdoptedDatabase {
  const tables = database.tables.filter(({ kind, name }) => kind === 'table' && !/^_koyalite_/i.test(name))
  const findings: Finding[] = otherObjects(database)
  const names = collectionNames(tables)
  const pairs = tables.flatMap((table) => {
    const adopted = adoptTable(table, names.get(table.name) ?? table.name)
    if (!adopted.ok) {
      findings.push(adopted.finding)
      return []
    }
    findings.push(...adopted.findings)
    return [{ table, collection: adopted.collection }]
  })
  const plain = pairs.map(({ collection }) => collection)
  const collections = pairs.map(({ table, collection }) => {
    const referring = adoptReferences(table, collection, plain)
    findings.push(...referring.findings)
    return referring.collection
  })
  const adopted = new Set(collections.map(({ name }) => name))
  const taken = tables.find(({ name }) => name.toLowerCase() === USERS && !adopted.has(USERS))
  if (taken) {
    const message = `does not have the shape of the built-in users: it becomes the collection ${names.get(taken.name)}, and accounts are stored in a separate table (${ACCOUNTS_TABLE})`
    findings.push({ kind: 'note', subject: taken.name, message })
  }
  const printed = print(collections, taken !== undefined, findings)
  return { ...printed, adopted, findings }
}

/** Where the built-in users are kept if their table is another one. */
const ACCOUNTS_TABLE = 'koyalite_users'

function collectionNames(tables: readonly ForeignTable[]): ReadonlyMap<string, string> {
  const users = tables.find(({ name }) => name.toLowerCase() === USERS)
  const others = adoptedNames([USERS, ...tables.filter((table) => table !== users).map(({ name }) => name)], 'table')
  const names = new Map([...others].filter(([name]) => name !== USERS))
  if (!users) return names
  if (isLikeUsers(users)) return names.set(users.name, USERS)
  const used = new Set(names.values())
  let name = 'app_users'
  for (let n = 2; used.has(name); n++) name = `app_users_${n}`
  return names.set(users.name, name)
}

/** Whether a table can be that of the built-in users, as it is. */
function isLikeUsers({ name, columns, rows, indexes }: ForeignTable): boolean {
  const column = (wanted: string) => columns.find((candidate) => candidate.name === wanted)
  const [id, email] = [column('id'), column('email')]
  if (name !== USERS || !id || !email || id.key !== 1 || columns.some(({ key }) => key > 1)) return false
  const isUnique = indexes.some(
    (index) => index.unique && !index.partial && index.columns.length === 1 && index.columns[0]?.name === 'email',
  )
  const fits = id.values.uuids === rows && email.values.addresses === rows && email.notNull && isUnique
  // What is there under the name of something built in would have to be the same thing.
  return fits && USERS_FIELDS.every((field) => field.name === 'id' || field.name === 'email' || !column(field.name))
}

function otherObjects({ tables, views, triggers }: ForeignDatabase): Finding[] {
  const left = (subject: string, message: string): Finding => ({ kind: 'left', subject, message })
  return [
    ...tables
      .filter(({ kind }) => kind === 'virtual')
      .map(({ name }) => left(name, 'is a virtual table: it is kept, but not part of the API')),
    ...views.map((name) => left(name, 'is a view: it is kept, but not part of the API')),
    ...triggers.map(
      ({ name, table }): Finding => ({
        kind: 'note',
        subject: name,
        message: `is a trigger of ${table}: it stays in force`,
      }),
    ),
  ]
}

/** The text, and the schema that it is. What the whole schema cannot have, such as two relations of one name, is taken out. */
function print(
  collections: readonly Collection[],
  hasOwnUsers: boolean,
  findings: Finding[],
): { readonly text: string; readonly schema: Schema } {
  let current = new Map(collections.map((collection) => [collection.name, collection]))
  for (;;) {
    const text = textOf(current, hasOwnUsers)
    const parsed = parseSchema(text, { file: 'schema.yaml' })
    if (parsed.ok) return { text, schema: parsed.schema }
    const [problem] = parsed.problems
    const place = problem && fieldAt(text, problem.line)
    const collection = place && current.get(place.collection)
    const field = place && collection?.fields.get(place.field)
    const simpler = field && simplified(field)
    if (!problem || !collection || !field || !simpler) {
      throw new Error(`no schema could be derived from the database: ${parsed.problems.map(formatProblem).join('; ')}`)
    }
    findings.push({
      kind: 'note',
      subject: `${collection.table}.${field.column}`,
      message: `${simpler.lost} is skipped: ${problem.message}`,
    })
    const changed = { ...collection, fields: new Map(collection.fields).set(field.name, simpler.field) }
    current = new Map(current).set(collection.name, changed)
  }
}

function textOf(collections: ReadonlyMap<string, Collection>, hasOwnUsers: boolean): string {
  const text = printSchema({ ...emptySchema(), collections })
  if (!hasOwnUsers) return text
  return text.replace(/^collections:.*\n/m, `collections:\n  ${USERS}:\n    table: ${ACCOUNTS_TABLE}\n`)
}

/** Every field stands on a line of its own. */
function fieldAt(text: string, line: number): { readonly collection: string; readonly field: string } | undefined {
  const lines = text.split('\n').slice(0, line)
  const name = (pattern: RegExp) => lines.flatMap((candidate) => pattern.exec(candidate)?.[1] ?? []).at(-1)
  const field = /^ {6}"?([a-z][a-z0-9_]*)"?: \{/.exec(lines.at(-1) ?? '')?.[1]
  const collection = name(/^ {2}"?([a-z][a-z0-9_]*)"?:$/)
  return collection !== undefined && field !== undefined ? { collection, field } : undefined
}

function simplified(field: Field): { readonly field: Field; readonly lost: string } | undefined {
  const { references, default: fallback, ...rest } = field
  if (references) return { field: { ...rest, ...(fallback && { default: fallback }) }, lost: 'its reference' }
  if (fallback) return { field: rest, lost: 'its default' }
  if (field.unique || field.index) return { field: { ...rest, unique: false, index: false }, lost: 'its index' }
  return undefined
}
