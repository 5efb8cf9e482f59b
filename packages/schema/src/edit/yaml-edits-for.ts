import type { JsonValue } from '@koyalite/contracts'
import { type YamlEdit, YamlEditError, type YamlPath } from '@koyalite/yaml'
import { VALIDATION_KEYS } from '../file/field-keys'
import { enumEdits } from './enum-edits'
import { fieldValueEdits } from './field-value-edits'
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
import type { SchemaEdit, WrittenOptions } from './schema-edit'
import type { Structure } from './schema-structure'

/** @throws YamlEditError where what the edit speaks of is not there, or already is */
export function yamlEditsFor(edit: SchemaEdit, structure: Structure): PlannedEdits {
  switch (edit.type) {
    case 'add_collection':
      requireFree(structure, ['collections', edit.collection], `a collection '${edit.collection}'`)
      return just({ type: 'set', path: ['collections', edit.collection], value: edit.value, lines: 2 })
    case 'rename_collection':
      return renameCollection(edit, structure)
    case 'drop_collection':
      return just({ type: 'remove', path: there(structure, ['collections', edit.collection]) })
    case 'set_collection':
      return { ...NOTHING, edits: setOptions(structure, ['collections', edit.collection], edit.options) }
    case 'add_field':
    case 'move_field':
    case 'set_field':
    case 'drop_field':
    case 'rename_field':
      return fieldEdits(edit, structure)
    case 'rename_field_value':
    case 'remove_field_value':
      return fieldValueEdits(edit, structure)
    case 'set_index':
      return setNamed(structure, ['collections', edit.collection, 'indexes'], edit.index, edit.value)
    case 'drop_index':
      return dropNamed(structure, ['collections', edit.collection, 'indexes'], edit.index)
    case 'set_policy':
      return setNamed(structure, ['collections', edit.collection, 'policies'], edit.policy, edit.value)
    case 'drop_policy':
      return dropNamed(structure, ['collections', edit.collection, 'policies'], edit.policy)
    case 'set_rule':
      return setOrRemove(structure, ['collections', edit.collection, 'rules', edit.operation], edit.rule)
    case 'set_definition':
      return setOrRemove(structure, ['definitions', edit.signature], edit.body)
    default:
      return enumEdits(edit, structure)
  }
}

function renameCollection({ from, to }: EditOf<'rename_collection'>, structure: Structure): PlannedEdits {
  const path = there(structure, ['collections', from])
  requireFree(structure, ['collections', to], `a collection '${to}'`)
  return {
    edits: [{ type: 'rename', path, to }],
    besides: referencesTo(structure, from).map(({ path: reference, field }) => {
      return { type: 'set', path: reference, value: `${to}.${field}` }
    }),
    intents: [{ kind: 'rename_collection', from, to }],
    rename: { kind: 'collection', from, to },
  }
}

function fieldEdits(
  edit: EditOf<'add_field' | 'move_field' | 'set_field' | 'drop_field' | 'rename_field'>,
  structure: Structure,
): PlannedEdits {
  const fields: YamlPath = ['collections', edit.collection, 'fields']
  switch (edit.type) {
    case 'add_field': {
      const path = [...fields, edit.field]
      requireFree(structure, path, `a field '${edit.field}' in ${edit.collection}`)
      return just({ type: 'set', path, value: edit.value, ...before(edit.before) })
    }
    case 'move_field':
      return just({ type: 'move', path: there(structure, [...fields, edit.field]), ...before(edit.before) })
    case 'set_field':
      return { ...NOTHING, edits: setOptions(structure, [...fields, edit.field], edit.options) }
    case 'drop_field': {
      const path = there(structure, [...fields, edit.field])
      const indexes = indexesOf(structure, edit.collection).filter(({ fields: of }) => of.includes(edit.field))
      const gone = indexes.map(({ name }) => name)
      return { ...NOTHING, besides: dropAll(structure, edit.collection, gone), edits: [{ type: 'remove', path }] }
    }
    case 'rename_field': {
      const { collection, from, to } = edit
      const path = there(structure, [...fields, from])
      requireFree(structure, [...fields, to], `a field '${to}' in ${collection}`)
      const inIndexes = indexesOf(structure, collection).flatMap(({ path: index, fields: of }) =>
        of.flatMap((field, i) => (field === from ? [{ type: 'set', path: [...index, 'fields', i], value: to }] : [])),
      ) as readonly YamlEdit[]
      const references = referencesTo(structure, collection).filter(({ field }) => field === from)
      return {
        edits: [{ type: 'rename', path, to }],
        besides: [
          ...inIndexes,
          ...references.map(
            ({ path: reference }): YamlEdit => ({ type: 'set', path: reference, value: `${collection}.${to}` }),
          ),
        ],
        intents: [{ kind: 'rename_field', collection, from, to }],
        rename: { kind: 'field', collection, from, to },
      }
    }
  }
}

function referencesTo(structure: Structure, collection: string) {
  return structure.fields.flatMap(({ path }) => {
    const reference = structure.json([...path, 'references'])
    const [target, field, ...rest] = typeof reference === 'string' ? reference.split('.') : []
    if (target !== collection || field === undefined || rest.length > 0) return []
    return [{ path: [...path, 'references'], field }]
  })
}

function indexesOf(structure: Structure, collection: string) {
  const path: YamlPath = ['collections', collection, 'indexes']
  const indexes = structure.json(path)
  return (Array.isArray(indexes) ? indexes : []).map((index, i) => {
    const { name = null, fields = [] } = (index ?? {}) as { readonly name?: JsonValue; readonly fields?: JsonValue }
    return {
      ...{ path: [...path, i], name: String(name), position: i },
      fields: Array.isArray(fields) ? fields.map(String) : [],
    }
  })
}

/** From the last one on, so that positions stay right. */
function dropAll(structure: Structure, collection: string, names: readonly string[]): readonly YamlEdit[] {
  const path: YamlPath = ['collections', collection, 'indexes']
  const all = indexesOf(structure, collection)
  const gone = all.filter(({ name }) => names.includes(name))
  if (gone.length === 0) return []
  if (gone.length === all.length) return [{ type: 'remove', path }]
  return gone.toReversed().map(({ path: index }) => ({ type: 'remove', path: index }))
}

function namedPositions(structure: Structure, path: YamlPath): readonly string[] {
  const items = structure.json(path)
  return (Array.isArray(items) ? items : []).map((item) => String((item as { readonly name?: JsonValue } | null)?.name))
}

function setNamed(structure: Structure, path: YamlPath, name: string, value: WrittenOptions): PlannedEdits {
  there(structure, path.slice(0, -1))
  const names = namedPositions(structure, path)
  const index = names.indexOf(name)
  if (index !== -1)
    return {
      ...NOTHING,
      edits: setOptions(structure, [...path, index], missingAsNull(structure, [...path, index], value)),
    }
  return just({ type: 'set', path: [...path, names.length], value })
}

/** What is there and not in the new value is taken out. */
function missingAsNull(structure: Structure, path: YamlPath, value: WrittenOptions): WrittenOptions {
  const gone = structure.keys(path).filter((key) => !Object.hasOwn(value, key))
  return { ...value, ...Object.fromEntries(gone.map((key) => [key, null])) }
}

function dropNamed(structure: Structure, path: YamlPath, name: string): PlannedEdits {
  const index = namedPositions(structure, path).indexOf(name)
  if (index === -1) throw new YamlEditError(`there is no '${name}' in ${path.join('.')}`)
  return { ...NOTHING, edits: removeWithHolder(structure, [...path, index]) }
}

function setOrRemove(structure: Structure, path: YamlPath, value: string | null): PlannedEdits {
  if (value === null) return { ...NOTHING, edits: removeWithHolder(structure, there(structure, path)) }
  // A collection that is built in may not be in the file yet.
  return just({ type: 'set', path, value, lines: 1 })
}

/** Each where it stands: validation keys may be under `validate`. */
function setOptions(structure: Structure, path: YamlPath, options: WrittenOptions): readonly YamlEdit[] {
  const isField = path[2] === 'fields'
  if (!isField) there(structure, path)
  const validate = structure.keys([...path, 'validate'])
  const edits = Object.entries(options).flatMap(([key, value]): readonly YamlEdit[] => {
    const isNested = isField && validate.length > 0 && isValidationKey(key) && !structure.keys(path).includes(key)
    const place = isNested ? [...path, 'validate', key] : [...path, key]
    const old = structure.json(place)
    if (value === null) return old === undefined ? [] : [{ type: 'remove', path: place }]
    return JSON.stringify(old) === JSON.stringify(value) ? [] : [{ type: 'set', path: place, value }]
  })
  const goes = new Set(edits.filter(({ type }) => type === 'remove').map(({ path: gone }) => gone.join('\n')))
  const isEmptied =
    validate.length > 0 && validate.every((key) => goes.has([...path, 'validate', key].join('\n'))) && isField
  const isWithin = ({ path: place }: YamlEdit) => place[path.length] === 'validate'
  if (!isEmptied || edits.some((edit) => edit.type === 'set' && isWithin(edit))) return edits
  return [...edits.filter((edit) => !isWithin(edit)), { type: 'remove', path: [...path, 'validate'] }]
}

function isValidationKey(key: string): boolean {
  return Object.hasOwn(VALIDATION_KEYS, key)
}
