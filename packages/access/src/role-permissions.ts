/** The roles of a schema. */
export interface RoleTable {
  readonly roles: ReadonlyMap<string, { readonly permissions: readonly string[]; readonly inherits: readonly string[] }>
}

const caches = new WeakMap<RoleTable, Map<string, readonly string[]>>()

/** All permissions of an application role: its own and those of the roles that it inherits. None for a role that the schema does not know. */
export function permissionsOf(schema: RoleTable, role: string): readonly string[] {
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

function collect(schema: RoleTable, role: string): readonly string[] {
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
  return [...permissions]
}
