import { type Actor, AppError, type GrantedScope, KEY_SCOPES } from '@koyalite/contracts'
import { hasScope } from '@koyalite/query'
import { z } from 'zod'
import type { AuthContext } from '../auth-context'
import { insertKey, type KeyRecord, listKeys as selectKeys, revokeKey as markRevoked } from '../store/keys'

const scopeSchema = z.strictObject({
  scope: z.enum(KEY_SCOPES, { error: `must be one of ${KEY_SCOPES.join(', ')}` }),
  collections: z.array(z.string()).min(1).optional(),
})

const requestSchema = z.strictObject({
  name: z.string().trim().min(1).max(100).nullish(),
  scopes: z.array(scopeSchema).min(1).max(50).default([{ scope: 'admin' }]),
})

/** A new key with its secret, which is never shown again. */
export interface CreatedKey extends KeyRecord {
  readonly key: string
}

/** Makes a service key. Throws UNAUTHENTICATED, FORBIDDEN, VALIDATION_ERROR. */
export async function createKey(context: AuthContext, actor: Actor, input: unknown): Promise<CreatedKey> {
  requireKeyAdministration(actor)
  const parsed = requestSchema.safeParse(input)
  if (!parsed.success) throw invalidKey(parsed.error)
  const scopes = parsed.data.scopes.map(({ scope, collections }): GrantedScope => (collections ? { scope, collections } : { scope }))
  const unknown = scopes.flatMap(({ collections }) => collections ?? []).find((name) => !context.schema.collections.has(name))
  if (unknown !== undefined) throw new AppError('VALIDATION_ERROR', `There is no collection '${unknown}' to limit a scope to.`)
  const secret = `kl_${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')}`
  const key: KeyRecord = {
    id: Bun.randomUUIDv7(),
    name: parsed.data.name ?? null,
    hint: secret.slice(0, 8),
    scopes,
    created_at: new Date().toISOString(),
    revoked_at: null,
  }
  await context.database.write((tx) => insertKey(tx, key, hashKey(secret)))
  return { ...key, key: secret }
}

export function listKeys(context: AuthContext, actor: Actor): readonly KeyRecord[] {
  requireKeyAdministration(actor)
  return selectKeys(context.database)
}

/** Revokes a key; effective for the next request already. Throws NOT_FOUND where it was not in force. */
export async function revokeKey(context: AuthContext, actor: Actor, id: string): Promise<void> {
  requireKeyAdministration(actor)
  const { value } = await context.database.write((tx) => markRevoked(tx, id, new Date().toISOString()))
  if (!value) throw new AppError('NOT_FOUND', `There is no key '${id}' in force.`)
  context.knownKeys.clear()
}

/** Keys are stored as SHA-256: they are random and long, so nothing slower is needed. */
export function hashKey(secret: string): string {
  return new Bun.CryptoHasher('sha256').update(secret).digest('hex')
}

function requireKeyAdministration(actor: Actor): void {
  switch (actor.kind) {
    case 'system':
      return
    case 'operator':
      if (actor.role === 'owner' || actor.role === 'admin') return
      break
    case 'service_key':
      if (hasScope(actor, 'admin')) return
      break
    case 'anonymous':
      throw new AppError('UNAUTHENTICATED', 'Send a service key with the scope admin.')
    case 'user':
      break
  }
  throw new AppError('FORBIDDEN', 'Keys are managed with the scope admin.')
}

function invalidKey(error: z.ZodError): AppError {
  const details = error.issues.map((issue) => {
    const field = issue.path.join('.')
    return { field, code: issue.code, message: `${field || 'the body'}: ${issue.message}` }
  })
  return new AppError('VALIDATION_ERROR', details[0]?.message ?? 'The key is not valid.', { details })
}
