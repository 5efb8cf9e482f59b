import { YamlEditError, type YamlPath } from '@koyalite/yaml'
import {
  before,
  type EditOf,
  just,
  NOTHING,
  type PlannedEdits,
  removeWithHolder,
  requireFree,
  there,
} from './planned-edits'
import type { SchemaEdit } from './schema-edit'
import type { Structure } from './schema-structure'

/** Edits of types and their values. */
export function enumEdits(
  edit: Exclude<
    SchemaEdit,
    { readonly collection: string } | { readonly type: 'rename_collection' | 'set_definition' }
  >,
  structure: Structure,
): PlannedEdits {
  switch (edit.type) {
    case 'add_enum':
      requireFree(structure, ['types', edit.enum], `a type '${edit.enum}'`)
      return just({ type: 'set', path: ['types', edit.enum], value: { enum: edit.values } })
    case 'rename_enum': {
      const path = there(structure, ['types', edit.from])
      requireFree(structure, ['types', edit.to], `a type '${edit.to}'`)
      const uses = usesOf(structure, edit.from)
      return {
        ...NOTHING,
        besides: uses.map(({ path: field }) => ({ type: 'set', path: [...field, 'type'], value: edit.to })),
        edits: [{ type: 'rename', path, to: edit.to }],
      }
    }
    case 'drop_enum':
      return { ...NOTHING, edits: removeWithHolder(structure, there(structure, ['types', edit.enum])) }
    case 'add_value': {
      const values = valuesOf(structure, edit.enum)
      if (values.includes(edit.value))
        throw new YamlEditError(`there already is a value '${edit.value}' in ${edit.enum}`)
      const path = [...valuesPath(edit.enum), values.length]
      return just({ type: 'set', path, value: edit.value, ...before(positionOf(values, edit.before)) })
    }
    case 'move_value': {
      const values = valuesOf(structure, edit.enum)
      const path = [...valuesPath(edit.enum), requiredPosition(values, edit.value, edit.enum)]
      return just({ type: 'move', path, ...before(positionOf(values, edit.before)) })
    }
    case 'rename_value':
      return renameValue(edit, structure)
    case 'remove_value': {
      const values = valuesOf(structure, edit.enum)
      const path = [...valuesPath(edit.enum), requiredPosition(values, edit.value, edit.enum)]
      const { replacement } = edit
      if (replacement !== null) requiredPosition(values, replacement, edit.enum)
      const replaced =
        replacement === null ? NOTHING : replaceValue(structure, { ...edit, from: edit.value, to: replacement })
      return { ...replaced, edits: [{ type: 'remove', path }] }
    }
  }
}

function renameValue(edit: EditOf<'rename_value'>, structure: Structure): PlannedEdits {
  const values = valuesOf(structure, edit.enum)
  if (values.includes(edit.to)) throw new YamlEditError(`there already is a value '${edit.to}' in ${edit.enum}`)
  const path = [...valuesPath(edit.enum), requiredPosition(values, edit.from, edit.enum)]
  const { from, to } = edit
  const fields = new Set(usesOf(structure, edit.enum).map(({ collection, field }) => `${collection}.${field}`))
  return {
    ...replaceValue(structure, edit),
    edits: [{ type: 'set', path, value: to }],
    rename: { kind: 'value', fields, from, to },
  }
}

/** In defaults, and in documents. */
function replaceValue(
  structure: Structure,
  { enum: name, from, to }: { readonly enum: string; readonly from: string; readonly to: string },
): PlannedEdits {
  const uses = usesOf(structure, name)
  return {
    edits: [],
    besides: uses
      .filter(({ path }) => structure.json([...path, 'default']) === from)
      .map(({ path }) => ({ type: 'set', path: [...path, 'default'], value: to })),
    intents: uses.map(({ collection, field }) => ({ kind: 'replace_value', collection, field, from, to })),
  }
}

function valuesPath(name: string): YamlPath {
  return ['types', name, 'enum']
}

function valuesOf(structure: Structure, name: string): readonly string[] {
  const values = structure.json(valuesPath(name))
  if (!Array.isArray(values)) throw new YamlEditError(`there is no type '${name}'`)
  return values.map(String)
}

function requiredPosition(values: readonly string[], value: string, name: string): number {
  const index = values.indexOf(value)
  if (index === -1) throw new YamlEditError(`there is no value '${value}' in ${name}`)
  return index
}

function positionOf(values: readonly string[], value: string | undefined): number | undefined {
  const index = value === undefined ? -1 : values.indexOf(value)
  return index === -1 ? undefined : index
}

function usesOf(structure: Structure, name: string): Structure['fields'] {
  return structure.fields.filter(({ path }) => structure.json([...path, 'type']) === name)
}
