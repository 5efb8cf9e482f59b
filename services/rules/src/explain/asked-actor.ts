import {
  type Actor,
  ANONYMOUS,
  AppError,
  KEY_SCOPES,
  type KeyScope,
  OPERATOR_ROLES,
  type OperatorRole,
} from '@koyalite/contracts'
import { normalizeEmail } from '@koyalite/schema'
import type { ExplainContext } from '../rules-context'

/**
 * The caller that `as` stands for: `anonymous`, `user:<id or address>`, `key`, `key:<scope>` (`key:data:read=posts,comments`), `operator:<role>`.
 * Throws INVALID_REQUEST, and NOT_FOUND for a user there is none of.
 */
export function askedActor(context: ExplainContext, as: string): Actor {
  const [kind = '', ...rest] = as.split(':')
  const detail = rest.join(':')
  switch (kind) {
    case 'anonymous':
      return ANONYMOUS
    case 'user':
      return userActor(context, detail)
    case 'key':
      return { kind: 'service_key', id: 'explained', scopes: [grantedScope(detail === '' ? 'admin' : detail)] }
    case 'operator':
      return {
        kind: 'operator',
        id: 'explained',
        email: 'operator@example.com',
        role: operatorRole(detail),
        sessionId: '',
      }
    default:
      throw wrong(
        `'${as}' is not a known actor: use anonymous, user:<id or address>, key, key:<scope> or operator:<role>.`,
      )
  }
}

function userActor({ users, database }: ExplainContext, detail: string): Actor {
  if (detail === '') throw wrong('Name the user: user:<id or address>.')
  const user = detail.includes('@') ? users.byEmail(database, normalizeEmail(detail)) : users.byId(database, detail)
  if (!user) throw new AppError('NOT_FOUND', `There is no user '${detail}'.`)
  return { kind: 'user', ...user, sessionId: '' }
}

function grantedScope(text: string) {
  const [name = '', collections] = text.split('=')
  if (!KEY_SCOPES.includes(name as KeyScope)) throw wrong(`There is no scope '${name}': ${KEY_SCOPES.join(', ')}.`)
  const scope = name as KeyScope
  return collections === undefined ? { scope } : { scope, collections: collections.split(',') }
}

function operatorRole(text: string): OperatorRole {
  const role = OPERATOR_ROLES.find((candidate) => candidate === (text === '' ? 'viewer' : text))
  if (!role) throw wrong(`There is no operator role '${text}': ${OPERATOR_ROLES.join(', ')}.`)
  return role
}

/** A caller in words. */
export function describeActor(actor: Actor): string {
  switch (actor.kind) {
    case 'anonymous':
      return 'anonymous'
    case 'user':
      return `user ${actor.email} (role ${actor.role})`
    case 'operator':
      return `operator (${actor.role})`
    case 'service_key':
      return `service key (${actor.scopes.map(({ scope, collections }) => (collections ? `${scope}=${collections.join(',')}` : scope)).join(' ')})`
    case 'system':
      return 'the server itself'
  }
}

function wrong(message: string): AppError {
  return new AppError('INVALID_REQUEST', message)
}
