import type { Report, YamlEntry } from '@koyalite/yaml'
import { keysOf } from './file/file-key'
import { TYPE_KEYS } from './file/schema-keys'
import { isStorableText } from './formats'
import { type EnumType, FIELD_TYPES } from './model'
import { describe, readList, readNamed, readOptions } from './shape'

/** Reads `types`: the named enums. */
export function parseTypes(entry: YamlEntry | undefined, report: Report): ReadonlyMap<string, EnumType> {
  const types = new Map<string, EnumType>()
  if (!entry) return types
  for (const type of readNamed(entry.value, { map: "'types'", name: 'type' }, report)) {
    if (FIELD_TYPES.some((builtIn) => builtIn === type.key))
      report(type.keyPosition, `'${type.key}' is a built-in type`)
    else types.set(type.key, { name: type.key, values: parseValues(type, report) })
  }
  return types
}

function parseValues(type: YamlEntry, report: Report): readonly string[] {
  if (type.value.kind === 'list') {
    report(type.value.position, `type '${type.key}' must be a map: { enum: [ … ] }`)
    return []
  }
  const options = readOptions(type.value, { what: `type '${type.key}'`, keys: keysOf(TYPE_KEYS) }, report)
  const entry = options?.get('enum')
  if (options && !entry) report(type.keyPosition, `type '${type.key}' has no values: { enum: [draft, published] }`)
  const items = readList(entry, report)
  if (items?.length === 0 && entry) report(entry.value.position, `type '${type.key}' must have at least one value`)
  const values = new Set<string>()
  for (const item of items ?? []) {
    const value = item.kind === 'scalar' ? item.value : null
    if (typeof value !== 'string') {
      const advice = item.kind === 'scalar' && value !== null ? ` (write it in quotes: "${item.source}")` : ''
      report(item.position, `the values of type '${type.key}' must be text, not ${describe(item)}${advice}`)
    } else if (value === '') report(item.position, `a value of type '${type.key}' is empty`)
    else if (!isStorableText(value))
      report(item.position, `a value of type '${type.key}' contains characters that cannot be stored`)
    else if (values.has(value)) report(item.position, `'${value}' is listed twice in type '${type.key}'`)
    else values.add(value)
  }
  return [...values]
}
