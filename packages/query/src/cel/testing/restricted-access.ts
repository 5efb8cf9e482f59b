import type { JsonValue } from '@koyalite/schema'
import type { ReadAccess } from '../../access/read-access'

type Document = Readonly<Record<string, JsonValue>>

/** The same condition as SQL over a row, and over the document. */
interface Restriction {
  readonly sql: string
  holds(document: Document): boolean
}

const ROWS: Readonly<Record<string, Restriction>> = {
  teams: { sql: '"level" IS NOT 1', holds: ({ level }) => level !== 1 },
  users: { sql: '"verified" = 1', holds: ({ verified }) => verified === true },
}

const FIELDS: Readonly<Record<string, Restriction>> = {
  'docs.s': { sql: '"i" IS NOT 2', holds: ({ i }) => i !== 2 },
  'docs.author_id': { sql: '"s2" IS NOT \'a\'', holds: ({ s2 }) => s2 !== 'a' },
  'teams.data': { sql: '"owner_id" IS NOT NULL', holds: ({ owner_id }) => owner_id !== null },
  'teams.owner_id': { sql: '"name" IS NOT \'b\'', holds: ({ name }) => name !== 'b' },
  'users.email': { sql: '"id" = \'u1\'', holds: ({ id }) => id === 'u1' },
}

const ALL = { kind: 'all' } as const

/** For tests: an access that hides some rows and some fields of the random worlds. */
export const RESTRICTED: ReadAccess = {
  rows: ({ name }) => where(ROWS[name]),
  field: (collection, { name }) => where(FIELDS[`${collection.name}.${name}`]),
}

function where(restriction: Restriction | undefined): ReturnType<ReadAccess['rows']> {
  if (restriction === undefined) return ALL
  const { sql } = restriction
  return { kind: 'where', sql: (alias) => ({ text: sql.replace(/^"/, `"${alias}"."`), params: [] }) }
}

/** Whether the row is hidden. */
export function isHidden(collection: string, document: Document): boolean {
  return ROWS[collection]?.holds(document) === false
}

/** The document with null in the place of hidden fields. */
export function shownDocument(collection: string, document: Document): Document {
  return Object.fromEntries(
    Object.entries(document).map(([name, value]) => {
      const isShown = FIELDS[`${collection}.${name}`]?.holds(document) ?? true
      return [name, isShown ? value : null]
    }),
  )
}
