import type { Schema } from '@koyalite/schema'

const caches = new WeakMap<Schema, Map<string, ReadonlySet<string>>>()

/** All permissions of an application role: its own and those of the roles that it inherits. None for a role that the schema does not know. */
export function permissionsOf(schema: Schema, role: string): ReadonlySet<string> {
  let cache = caches.get(schema)
  if (!cache) {
    cache = new Map()
    caches.set(schema, cache)
  }
  let permissions = cache.get(role)
  if (!permissions) {
    permissions = collect(schema, role)
    if (schema.roles.has(role)) cache.set(role, permissions)
  }
  return permissions
}

/** `auth.can(permission)`: `*` grants everything, `comments:*` everything that begins with `comments:`. */
export function roleCan(schema: Schema, role: string, permission: string): boolean {
  const granted = permissionsOf(schema, role)
  if (granted.has('*') || granted.has(permission)) return true
  for (let colon = permission.indexOf(':'); colon >= 0; colon = permission.indexOf(':', colon + 1)) {
    if (granted.has(`${permission.slice(0, colon)}:*`)) return true
  }
  return false
}

function collect(schema: Schema, role: string): ReadonlySet<string> {
  const permissions = new Set<string>()
  const seen = new Set<string>()
  const open = [role]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue
    seen.add(name)
    const found = schema.roles.get(name)
    for (const permission of found?.permissions ?? []) permissions.add(permission)
    open.push(...(found?.inherits ?? []))
  }
  return permissions
}
