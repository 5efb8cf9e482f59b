import type { Schema } from '@koyalite/schema'
import type { CodeCompletions, CodePosition } from '../../kit/code/code-editor'
import { type Choice, keysAt, wordsAt } from './file-form'
import { placeAt } from './yaml-place'

/** What may be written at a place of schema.yaml: keys and words of its form, and names that the file has. */
export function completeYaml({ text, at }: CodePosition, model: Schema | null): CodeCompletions | null {
  const place = placeAt(text.slice(0, at))
  if (place === null) return null
  const { path, word, kind } = place
  const keys = kind === 'value' ? [] : keysAt(path)
  const words = kind === 'key' ? [] : [...wordsAt(path), ...(model === null ? [] : namesAt(path, model))]
  if (keys.length + words.length === 0) return null
  return {
    from: at - word.length,
    options: [
      ...keys.map(({ label, info }) => ({ label, info, insert: `${label}: ` })),
      ...words.map(({ label, info }) => ({ label, info, insert: label })),
    ],
  }
}

/** Names of the file that are a value there. */
function namesAt(path: readonly string[], { enums, ownTypes, roles, collections }: Schema): readonly Choice[] {
  const [root, name = '', part] = path
  const key = path.at(-1)
  if (root === 'roles' && key === 'inherits')
    return [...roles.values()].map(({ name: role, permissions }) => ({ label: role, info: permissions.join(', ') }))
  if (root !== 'collections') return []
  if (part === 'indexes' && key === 'fields') {
    const fields = [...(collections.get(name)?.fields.values() ?? [])]
    return fields.map((field) => ({ label: field.name, info: field.enumName ?? field.type }))
  }
  if (part !== 'fields' || path.length !== 5) return []
  if (key === 'type')
    return [
      ...[...enums.values()].map((type) => ({ label: type.name, info: type.values.join(', ') })),
      ...[...ownTypes.values()].map((type) => ({ label: type.name, info: `${type.base}, judged by hooks` })),
    ]
  if (key !== 'references') return []
  return [...collections.values()].flatMap(({ name: target, primaryKey, fields }) => {
    const unique = [...fields.values()].filter((field) => field.unique && !field.primary)
    return [primaryKey, ...unique].map((field) => ({ label: `${target}.${field.name}`, info: field.type }))
  })
}
