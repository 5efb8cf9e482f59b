import { YamlEditError, type YamlPath } from '@koyalite/yaml'
import { type EditOf, NOTHING, type PlannedEdits } from './planned-edits'
import type { Structure } from './schema-structure'

/** Edits of the values that a field lists itself, without a type in `types`. Adding and moving them sets its option `enum`. */
export function fieldValueEdits(
  edit: EditOf<'rename_field_value' | 'remove_field_value'>,
  structure: Structure,
): PlannedEdits {
  const { collection, field } = edit
  const list = listOf(structure, ['collections', collection, 'fields', field])
  if (edit.type === 'rename_field_value') {
    const { from, to } = edit
    if (list.values.includes(to)) throw new YamlEditError(`there already is a value '${to}' in ${collection}.${field}`)
    const fields = new Set([`${collection}.${field}`])
    return {
      ...replaceValue(structure, edit, { from, to }),
      edits: [{ type: 'set', path: list.pathOf(from), value: to }],
      // Rules name texts only: what stands for a number could be anything.
      ...(typeof from === 'string' && typeof to === 'string' && { rename: { kind: 'value', fields, from, to } }),
    }
  }
  const { value, replacement } = edit
  const path = list.pathOf(value)
  if (list.values.length === 1) throw new YamlEditError(`${collection}.${field} would have no value`)
  if (replacement !== null) list.pathOf(replacement)
  const replaced = replacement === null ? NOTHING : replaceValue(structure, edit, { from: value, to: replacement })
  return { ...replaced, edits: [{ type: 'remove', path }] }
}

function listOf(structure: Structure, field: YamlPath) {
  const places: readonly YamlPath[] = [
    [...field, 'enum'],
    [...field, 'validate', 'enum'],
  ]
  const place = places.find((path) => Array.isArray(structure.json(path)))
  const name = `${field[1]}.${field[3]}`
  if (place === undefined) throw new YamlEditError(`there are no values of ${name} in schema.yaml`)
  const values = structure.json(place) as readonly (string | number)[]
  return {
    values,
    pathOf(value: string | number): YamlPath {
      const index = values.indexOf(value)
      if (index === -1) throw new YamlEditError(`there is no value '${value}' in ${name}`)
      return [...place, index]
    },
  }
}

/** In the default, and in documents. */
function replaceValue(
  structure: Structure,
  { collection, field }: { readonly collection: string; readonly field: string },
  { from, to }: { readonly from: string | number; readonly to: string | number },
): PlannedEdits {
  const path: YamlPath = ['collections', collection, 'fields', field, 'default']
  return {
    edits: [],
    besides: structure.json(path) === from ? [{ type: 'set', path, value: to }] : [],
    intents: [{ kind: 'replace_value', collection, field, from, to }],
  }
}
