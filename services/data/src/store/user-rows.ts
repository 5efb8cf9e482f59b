import { quoteName, type Reads, type SqlValue, type UserFacts } from '@koyalite/contracts'
import { type Access, type DeferredSql, documentJson, jsonOfColumn } from '@koyalite/query'
import type { Collection } from '@koyalite/schema'

const FACTS = ['id', 'email', 'role', 'verified', 'metadata', 'claims'] as const

export function selectUser(reads: Reads, users: Collection, by: 'id' | 'email', value: SqlValue): UserFacts | null {
  const column = (name: string) => quoteName(users.fields.get(name)?.column ?? name)
  const text = `SELECT ${FACTS.map(column).join(', ')} FROM ${quoteName(users.table)} WHERE ${column(by)} = ?`
  const row = reads.get({ text, params: [value] })
  if (!row) return null
  const [id, email, role, verified, metadata, claims] = row
  return {
    id: String(id),
    email: String(email),
    role: String(role),
    verified: verified === 1,
    metadata: jsonOfColumn(metadata ?? null),
    claims: jsonOfColumn(claims ?? null),
  }
}

/** A user's JSON text as `access` may read it; null if there is none. @param condition what else must hold */
export function selectUserDocument(
  reads: Reads,
  users: Collection,
  access: Access,
  id: string,
  condition: DeferredSql,
): string | null {
  const document = documentJson(users, access.read, users.table)
  const text = `SELECT ${document.text} FROM ${quoteName(users.table)} WHERE ${quoteName(users.primaryKey.column)} = ? AND (${condition.text})`
  const row = reads.get(access.bind({ text, params: [...document.params, id, ...condition.params] }))
  return row ? (row[0] as string) : null
}
