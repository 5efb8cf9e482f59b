import { expect, test } from 'bun:test'
import {
  type Actor,
  ANONYMOUS,
  type GrantedScope,
  OPERATOR_ROLES,
  type OperatorRole,
  SYSTEM,
} from '@koyalite/contracts'
import { ADMIN_AREAS, allowsAdmin, operatorPermissions, requireAdmin } from './admin-access'

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
  for (const area of ADMIN_AREAS) {
    for (const action of ['read', 'write'] as const) {
      expect(allowsAdmin(ANONYMOUS, area, action)).toBe(false)
      expect(allowsAdmin(user, area, action)).toBe(false)
      expect(allowsAdmin(SYSTEM, area, action)).toBe(true)
    }
  }
  expect(() => requireAdmin(ANONYMOUS, 'users', 'read')).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }))
  expect(() => requireAdmin(user, 'users', 'read')).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }))
})

test('a viewer writes nowhere, and each role may all that the next one may', () => {
  for (const area of ADMIN_AREAS) expect(allowsAdmin(operator('viewer'), area, 'write')).toBe(false)
  for (let i = 1; i < OPERATOR_ROLES.length; i++) {
    const more = new Set(operatorPermissions(OPERATOR_ROLES[i - 1] as OperatorRole))
    for (const permission of operatorPermissions(OPERATOR_ROLES[i] as OperatorRole)) expect(more).toContain(permission)
  }
})

test('a key reaches what its scopes name, never operators or impersonation', () => {
  expect(allowsAdmin(key({ scope: 'auth' }), 'users', 'write')).toBe(true)
  expect(allowsAdmin(key({ scope: 'auth' }), 'keys', 'read')).toBe(false)
  expect(allowsAdmin(key({ scope: 'logs' }), 'audit', 'read')).toBe(true)
  expect(allowsAdmin(key({ scope: 'data:write' }), 'users', 'write')).toBe(false)
  for (const area of ['operators', 'impersonation'] as const) {
    expect(allowsAdmin(key({ scope: 'admin' }), area, 'write')).toBe(false)
  }
})

test('a scope limited to collections opens no area beside them', () => {
  expect(allowsAdmin(key({ scope: 'admin', collections: ['posts'] }), 'keys', 'write')).toBe(false)
  expect(allowsAdmin(key({ scope: 'auth', collections: ['posts'] }), 'users', 'read')).toBe(false)
  expect(allowsAdmin(key({ scope: 'auth', collections: ['users'] }), 'users', 'read')).toBe(true)
})
