import type { Report, YamlEntry, YamlNode } from '@koyalite/yaml'
import { keysOf } from './file/file-key'
import { ROLE_KEYS } from './file/schema-keys'
import type { Position, Role } from './model'
import { describe, readList, readNamed, readOptions } from './shape'
import { didYouMean } from './suggest'

interface RoleDraft {
  readonly role: Role
  readonly inherits: readonly { readonly name: string; readonly position: Position }[]
}

/** Reads `roles`: what they inherit must exist and not lead back to them. */
export function parseRoles(entry: YamlEntry | undefined, report: Report): ReadonlyMap<string, Role> {
  if (!entry) return new Map()
  const drafts = new Map<string, RoleDraft>()
  for (const role of readNamed(entry.value, { map: "'roles'", name: 'role' }, report)) {
    const draft = parseRole(role, report)
    if (draft) drafts.set(role.key, draft)
  }
  for (const draft of drafts.values()) {
    for (const { name, position } of draft.inherits) {
      if (!drafts.has(name)) report(position, `unknown role '${name}'${didYouMean(name, drafts.keys())}`)
      else if (leadsTo(name, draft.role.name, drafts)) {
        report(position, `role '${draft.role.name}' cannot inherit '${name}', which inherits '${draft.role.name}'`)
      }
    }
  }
  return new Map([...drafts].map(([name, { role }]) => [name, role]))
}

function parseRole(entry: YamlEntry, report: Report): RoleDraft | undefined {
  const options = readOptions(entry.value, { what: `role '${entry.key}'`, keys: keysOf(ROLE_KEYS) }, report)
  if (!options) return undefined
  const inherits = readWords(options.get('inherits'), 'a role', report)
  const permissions = readWords(options.get('permissions'), 'a permission', report)
  for (const { name, position } of permissions) {
    if (/\s/.test(name) || name === '')
      report(position, `a permission must be a word like comments:delete, not '${name}'`)
  }
  const role: Role = {
    name: entry.key,
    inherits: inherits.map((word) => word.name),
    permissions: permissions.map((word) => word.name),
  }
  return { role, inherits }
}

function readWords(
  entry: YamlEntry | undefined,
  what: string,
  report: Report,
): readonly { name: string; position: Position }[] {
  return (readList(entry, report) ?? []).flatMap((node: YamlNode) => {
    if (node.kind === 'scalar' && typeof node.value === 'string') return [{ name: node.value, position: node.position }]
    report(node.position, `${what} must be text, not ${describe(node)}`)
    return []
  })
}

function leadsTo(from: string, target: string, drafts: ReadonlyMap<string, RoleDraft>): boolean {
  const seen = new Set<string>()
  const open = [from]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === target) return true
    if (seen.has(name)) continue
    seen.add(name)
    open.push(...(drafts.get(name)?.role.inherits ?? []))
  }
  return false
}
