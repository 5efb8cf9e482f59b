import { expect, test } from 'bun:test'
import { allowsAdmin, operatorPermissions } from '@koyalite/access'
import { type Actor, OPERATOR_ROLES } from '@koyalite/contracts'
import { SERVICES } from './compose'

const OWNED_BY_PERSONS = ['operators', 'impersonation', 'changes', 'all_changes', 'sql_internal']

test('each area has a name of its own', () => {
  expect(new Set(SERVICES.adminAreas.map(({ name }) => name)).size).toBe(SERVICES.adminAreas.length)
})

test('a viewer writes in no area, and each role may all that the next one may', () => {
  const permissions = OPERATOR_ROLES.map((role) => operatorPermissions(role, SERVICES.adminAreas))
  expect(permissions.at(-1)?.filter((permission) => permission.endsWith(':write'))).toEqual([])
  for (const [index, less] of permissions.slice(1).entries()) {
    for (const permission of less) expect(permissions[index]).toContain(permission)
  }
})

test('a key with the scope admin reaches every area but those that are a matter of persons', () => {
  const key: Actor = { kind: 'service_key', id: 'k', scopes: [{ scope: 'admin' }] }
  const unreached = SERVICES.adminAreas.filter(
    (area) => !allowsAdmin(key, area, 'read') && !allowsAdmin(key, area, 'write'),
  )
  expect(unreached.map(({ name }) => name).toSorted()).toEqual(OWNED_BY_PERSONS.toSorted())
})
