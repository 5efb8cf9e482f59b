import {
  AppError,
  type ErrorDetail,
  type Reads,
  type UserDirectory,
  type UserFacts,
  type UserInput,
} from '@koyalite/contracts'
import { isEmail, normalizeEmail } from '@koyalite/schema'
import type { Database } from '@koyalite/sqlite'

export const USERS_TABLE = `CREATE TABLE "users" (
  "id" TEXT PRIMARY KEY,
  "email" TEXT NOT NULL UNIQUE,
  "role" TEXT NOT NULL DEFAULT 'user',
  "verified" INTEGER NOT NULL DEFAULT 0,
  "metadata" TEXT,
  "claims" TEXT,
  "name" TEXT
) STRICT`

const OWN_FIELDS = ['name', 'metadata']
const COLUMNS = '"id", "email", "role", "verified", "metadata", "claims", "name"'

/**
 * The port's other side, in the least that these tests need: a table of users with one field of its own, `name` (at
 * most 20 characters).
 */
export function createSqliteUsers(database: Database): UserDirectory {
  return {
    byId: (reads, id) => find(reads, '"id" = ?', id),
    byEmail: (reads, email) => find(reads, '"email" = ?', email),
    create(input) {
      const values = checked(input, true)
      return (tx) => {
        const id = Bun.randomUUIDv7()
        const { email, role = 'user', verified = false, metadata = null, claims = null, name = null } = values
        const taken = find(tx, '"email" = ?', String(email))
        if (taken) throw emailTaken()
        const params = [
          id,
          String(email),
          String(role),
          verified ? 1 : 0,
          JSON.stringify(metadata),
          JSON.stringify(claims),
          name as string | null,
        ]
        tx.run({ text: `INSERT INTO "users" (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`, params })
        return id
      }
    },
    update(id, input) {
      const values = checked(input, false)
      return (tx) => {
        if (!find(tx, '"id" = ?', id)) throw new AppError('NOT_FOUND', 'no such user')
        for (const [field, value] of Object.entries(values)) {
          if (field === 'email' && (find(tx, '"email" = ?', String(value))?.id ?? id) !== id) throw emailTaken()
          const stored =
            field === 'verified'
              ? Number(value)
              : field === 'metadata' || field === 'claims'
                ? JSON.stringify(value)
                : (value as string | null)
          tx.run({ text: `UPDATE "users" SET "${field}" = ? WHERE "id" = ?`, params: [stored, id] })
        }
      }
    },
    remove: (id) => (tx) => {
      tx.run({ text: `DELETE FROM "users" WHERE "id" = ?`, params: [id] })
    },
    document(reads, id) {
      const user = find(reads, '"id" = ?', id)
      const name = reads.get({ text: `SELECT "name" FROM "users" WHERE "id" = ?`, params: [id] })?.[0]
      return user ? JSON.stringify({ ...user, name }) : null
    },
    wasRead: async () => {},
    async list() {
      const rows = database.all({ text: `SELECT "id" FROM "users" ORDER BY "id"`, params: [] })
      const docs = rows.map(([id]) => find(database, '"id" = ?', String(id)))
      return JSON.stringify({ docs, next_cursor: null })
    },
  }
}

function find(reads: Reads, condition: string, value: string): UserFacts | null {
  const row = reads.get({ text: `SELECT ${COLUMNS} FROM "users" WHERE ${condition}`, params: [value] })
  if (!row) return null
  const [id, email, role, verified, metadata, claims] = row as [string, string, string, number, ...(string | null)[]]
  const json = (text: string | null | undefined): unknown => (text == null ? null : JSON.parse(text))
  return { id, email, role, verified: verified === 1, metadata: json(metadata), claims: json(claims) }
}

function checked({ fields, by, server }: UserInput, isNew: boolean): Record<string, unknown> {
  const details: ErrorDetail[] = []
  const problem = (field: string, code: string) => details.push({ field, code, message: `${field} ${code}` })
  const mayAll = by !== 'own' && by.kind !== 'user' && by.kind !== 'anonymous'
  for (const field of Object.keys(fields)) {
    if (['id', 'email', 'role', 'verified'].includes(field)) {
      if (field === 'id' || !mayAll) problem(field, 'read_only')
    } else if (!OWN_FIELDS.includes(field)) problem(field, 'unknown')
  }
  const values: Record<string, unknown> = { ...fields, ...server }
  if (typeof values.email === 'string') values.email = normalizeEmail(values.email)
  if (isNew && values.email === undefined) problem('email', 'required')
  else if (values.email !== undefined && !(typeof values.email === 'string' && isEmail(values.email)))
    problem('email', 'format')
  if (typeof values.name === 'string' && values.name.length > 20) problem('name', 'maxLength')
  if (details.length > 0) throw new AppError('VALIDATION_ERROR', details[0]?.message ?? '', { details })
  return values
}

function emailTaken(): AppError {
  return new AppError('CONFLICT', 'email is taken', {
    details: [{ field: 'email', code: 'unique', message: 'email is taken' }],
  })
}
