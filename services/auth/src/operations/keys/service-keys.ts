import { type Actor, AppError, didYouMean, GRANTABLE_SCOPES, type GrantedScope, KEY_SCOPES } from '@koyalite/contracts'
import { pageOf } from '@koyalite/kernel'
import { z } from 'zod'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { keyUseOf } from '../../store/key-uses'
import { insertKey, type KeyRecord, revokeKey as markRevoked, listKeys as selectKeys } from '../../store/keys'
import { hashSecret, randomSecret } from '../../tokens/secret'
import type { PageQuery } from '../inputs'
import { invalidate } from '../sessions/end-sessions'
import { KEY_PREFIX } from './verify-key'

const scopeSchema = z
  .strictObject({
    scope: z.enum(KEY_SCOPES, { error: `must be one of ${KEY_SCOPES.join(', ')}` }),
    collections: z.array(z.string()).min(1).optional(),
    functions: z.array(z.string().min(1).max(100)).min(1).max(1000).optional().describe('Of functions:invoke.'),
  })
  .refine(({ scope, functions }) => functions === undefined || scope === 'functions:invoke', {
    error: 'only the scope functions:invoke is limited to functions',
    path: ['functions'],
  })
  .refine(({ scope, collections }) => collections === undefined || scope !== 'functions:invoke', {
    error: 'the scope functions:invoke is limited to functions, not to collections',
    path: ['collections'],
  })

export const createKeyInput = z.strictObject({
  name: z.string().trim().min(1).max(100).nullish(),
  scopes: z
    .array(scopeSchema)
    .min(1)
    .max(50)
    .default([{ scope: 'admin' }]),
})
export type CreateKeyInput = z.output<typeof createKeyInput>

/** A new key with its secret, which is never shown again. */
export interface CreatedKey extends KeyRecord {
  readonly key: string
}

export interface ListedKey extends KeyRecord {
  /** To the minute; null where it is not known that it was used. */
  readonly last_used_at: string | null
}

/** Makes a service key. Throws UNAUTHENTICATED, FORBIDDEN, VALIDATION_ERROR. */
export async function createKey(
  context: AuthContext,
  request: RequestContext,
  { name, scopes: asked }: CreateKeyInput,
): Promise<CreatedKey> {
  const scopes = asked.map(
    ({ scope, collections, functions }): GrantedScope => ({
      scope,
      ...(collections && { collections }),
      ...(functions && { functions }),
    }),
  )
  requireInVersion(scopes)
  const unknown = scopes
    .flatMap(({ collections }) => collections ?? [])
    .find((name) => !context.schema.collections.has(name))
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, context.schema.collections.keys())
    throw new AppError('VALIDATION_ERROR', `There is no collection '${unknown}' to limit a scope to${hint}.`)
  }
  const refused = scopes.find((granted) => !mayGrant(request.actor, granted))
  if (refused) throw new AppError('FORBIDDEN', `You are not allowed to grant the scope '${refused.scope}'.`)
  const secret = randomSecret(KEY_PREFIX)
  const key: KeyRecord = {
    id: Bun.randomUUIDv7(),
    name: name ?? null,
    hint: secret.slice(0, 8),
    scopes,
    created_at: new Date(request.time).toISOString(),
    revoked_at: null,
  }
  await context.database.write((tx) => {
    insertKey(tx, key, hashSecret(secret))
    const target = { kind: 'key', id: key.id, name: key.name }
    audit(context, tx, request, { event: 'key.created', target, details: { scopes } })
  })
  return { ...key, key: secret }
}

/** Nobody makes a key that can do what they cannot: of operators, only owners may do everything. */
function mayGrant(actor: Actor, { scope }: GrantedScope): boolean {
  return scope !== 'admin' || actor.kind !== 'operator' || actor.role === 'owner'
}

function requireInVersion(scopes: readonly GrantedScope[]): void {
  const details = scopes.flatMap(({ scope }, index) =>
    GRANTABLE_SCOPES.includes(scope)
      ? []
      : [
          {
            field: `scopes.${index}.scope`,
            code: 'not_in_this_version',
            message: `the scope '${scope}' is not in this version`,
          },
        ],
  )
  const [first] = details
  if (first === undefined) return
  throw new AppError('VALIDATION_ERROR', `${first.message}; scopes are ${GRANTABLE_SCOPES.join(', ')}.`, { details })
}

/** Service keys, oldest first, in pages. */
export function listKeys(
  { database }: AuthContext,
  { limit, cursor }: PageQuery,
): { readonly keys: readonly ListedKey[]; readonly next_cursor: string | null } {
  const { page, next_cursor } = pageOf(selectKeys(database, { limit: limit + 1, after: cursor }), limit, ({ id }) => id)
  const keys = page.map((key) => {
    const usedAt = keyUseOf(database, key.id)
    return { ...key, last_used_at: usedAt === null ? null : new Date(usedAt).toISOString() }
  })
  return { keys, next_cursor }
}

/** Revokes a key; effective for the next request already. Throws NOT_FOUND where it was not in force. */
export async function revokeKey(context: AuthContext, request: RequestContext, id: string): Promise<void> {
  await context.database.write((tx) => {
    if (!markRevoked(tx, id, new Date(request.time).toISOString()))
      throw new AppError('NOT_FOUND', `There is no active key '${id}'.`)
    audit(context, tx, request, { event: 'key.revoked', target: { kind: 'key', id } })
    invalidate(context, tx, { kind: 'service_key', id })
  })
}
