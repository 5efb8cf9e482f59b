import { type YamlEdit, YamlEditError, type YamlPath } from '@koyalite/yaml'
import type { SchemaEdit, SchemaIntent, SchemaRename } from './schema-edit'
import type { Structure } from './schema-structure'

/** What an edit comes to in the file. */
export interface PlannedEdits {
  readonly edits: readonly YamlEdit[]
  /** What follows from it elsewhere; done before. */
  readonly besides: readonly YamlEdit[]
  readonly intents: readonly SchemaIntent[]
  /** To be looked for in rules. */
  readonly rename?: SchemaRename
}

export const NOTHING: PlannedEdits = { edits: [], besides: [], intents: [] }

export function just(edit: YamlEdit): PlannedEdits {
  return { ...NOTHING, edits: [edit] }
}

export type EditOf<Type extends SchemaEdit['type']> = Extract<SchemaEdit, { readonly type: Type }>

export function before(before: string | number | undefined): { readonly before?: string | number } {
  return before === undefined ? {} : { before }
}

/** A map or list that would be empty goes too. */
export function removeWithHolder(structure: Structure, path: YamlPath): readonly YamlEdit[] {
  const holder = path.slice(0, -1)
  const node = structure.at(holder)
  const size = node?.kind === 'map' ? node.entries.length : node?.kind === 'list' ? node.items.length : 0
  return [{ type: 'remove', path: size === 1 ? holder : path }]
}

export function there(structure: Structure, path: YamlPath): YamlPath {
  if (structure.at(path) === undefined) throw new YamlEditError(`there is no ${nameOf(path)} in schema.yaml`)
  return path
}

function nameOf(path: YamlPath): string {
  const [kind, name, part, inner] = path
  if (inner !== undefined) return `${part} '${inner}' in ${name}`
  return name === undefined ? `'${kind}'` : `${kind === 'types' ? 'type' : 'collection'} '${name}'`
}

export function requireFree(structure: Structure, path: YamlPath, what: string): void {
  if (structure.at(path) !== undefined) throw new YamlEditError(`there already is ${what}`)
}
