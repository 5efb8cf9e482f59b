import { expect, test } from 'bun:test'
import {
  type Actor,
  ANONYMOUS,
  type GrantedScope,
  OPERATOR_ROLES,
  type OperatorRole,
  SYSTEM,
} from '@koyalite/contracts'
import { admin, allowsAdmin, operatorPermissions, requireAdmin } from './admin-access'
import { type AdminArea, defineAdminArea } from './admin-area'

const USERS = defineAdminArea({ name: 'users', read: 'viewer', write: 'admin', scope: 'auth', collection: 'users' })
const KEYS = defineAdminArea({ name: 'keys', read: 'admin', write: 'admin', scope: 'admin' })
const AUDIT = defineAdminArea({ name: 'audit', read: 'viewer', write: null, scope: 'logs' })
const OPERATORS = defineAdminArea({ name: 'operators', read: 'admin', write: 'owner', scope: null })
const IMPERSONATION = defineAdminArea({ name: 'impersonation', read: null, write: 'admin', scope: null })
const AREAS: readonly AdminArea[] = [USERS, KEYS, AUDIT, OPERATORS, IMPERSONATION]

const operator = (role: OperatorRole): Actor => ({
  kind: 'operator',
  id: 'o',
  email: 'o@example.com',
  role,
  sessionId: 's',
})
const key = (...scopes: GrantedScope[]): Actor => ({ kind: 'service_key', id: 'k', scopes })
const user: Actor = {
  kind: 'user',
  id: 'u',
  email: 'u@example.com',
  role: 'owner',
  verified: true,
  metadata: null,
  claims: null,
  sessionId: 's',
}

test('anonymous callers and users may use nothing, whatever a user calls their role', () => {
  for (const area of AREAS) {
    for (const action of ['read', 'write'] as const) {
      expect(allowsAdmin(ANONYMOUS, area, action)).toBe(false)
      expect(allowsAdmin(user, area, action)).toBe(false)
      expect(allowsAdmin(SYSTEM, area, action)).toBe(true)
    }
  }
  expect(() => requireAdmin(ANONYMOUS, USERS, 'read')).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }))
  expect(() => requireAdmin(user, USERS, 'read')).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }))
})

test('a viewer writes nowhere, and each role may all that the next one may', () => {
  for (const area of AREAS) expect(allowsAdmin(operator('viewer'), area, 'write')).toBe(false)
  for (let i = 1; i < OPERATOR_ROLES.length; i++) {
    const more = new Set(operatorPermissions(OPERATOR_ROLES[i - 1] as OperatorRole, AREAS))
    for (const permission of operatorPermissions(OPERATOR_ROLES[i] as OperatorRole, AREAS))
      expect(more).toContain(permission)
  }
})

test('a key reaches what its scopes name, never operators or impersonation', () => {
  expect(allowsAdmin(key({ scope: 'auth' }), USERS, 'write')).toBe(true)
  expect(allowsAdmin(key({ scope: 'auth' }), KEYS, 'read')).toBe(false)
  expect(allowsAdmin(key({ scope: 'logs' }), AUDIT, 'read')).toBe(true)
  expect(allowsAdmin(key({ scope: 'data:write' }), USERS, 'write')).toBe(false)
  for (const area of [OPERATORS, IMPERSONATION]) {
    expect(allowsAdmin(key({ scope: 'admin' }), area, 'write')).toBe(false)
  }
})

test('a scope limited to collections opens no area beside them', () => {
  expect(allowsAdmin(key({ scope: 'admin', collections: ['posts'] }), KEYS, 'write')).toBe(false)
  expect(allowsAdmin(key({ scope: 'auth', collections: ['posts'] }), USERS, 'read')).toBe(false)
  expect(allowsAdmin(key({ scope: 'auth', collections: ['users'] }), USERS, 'read')).toBe(true)
})

test('the permissions of an operator are those of the areas there are', () => {
  expect(operatorPermissions('admin', AREAS)).toEqual([
    'users:read',
    'users:write',
    'keys:read',
    'keys:write',
    'audit:read',
    'operators:read',
    'impersonation:read',
    'impersonation:write',
  ])
})

test('access to a route says in a sentence who has it', () => {
  expect(admin(USERS, 'read').description).toBe(
    'Operators with the role owner, admin, editor or viewer; service keys with the scope auth or admin.',
  )
  expect(admin(KEYS, 'write').description).toBe(
    'Operators with the role owner or admin; service keys with the scope admin.',
  )
  expect(admin(OPERATORS, 'write').description).toBe('Operators with the role owner.')
  expect(admin(USERS, 'write').check(SYSTEM)).toBe(SYSTEM)
  expect(() => admin(USERS, 'write').check(user)).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }))
})
