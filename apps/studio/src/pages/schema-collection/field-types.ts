import { FIELD_TYPES, type FieldType, type Schema } from '@koyalite/schema'

const IN_WORDS: Readonly<Record<FieldType, string>> = {
  uuid: 'uuid: an id made by machines',
  string: 'string: a line of text',
  text: 'text: text of any length',
  int: 'int: whole numbers',
  float: 'float: numbers',
  bool: 'bool: true or false',
  timestamp: 'timestamp: a moment',
  date: 'date: a day of the calendar',
  json: 'json: any structure',
  blob: 'blob: bytes',
}

/** How a choice of types names a reference: `→ users`. */
const ARROW = '→ '

export interface TypeOption {
  readonly value: string
  readonly text: string
}

/** The types that a field may have: built-in ones, those of the project, and references to each collection. */
export function typeOptions(model: Schema): readonly TypeOption[] {
  return [
    ...FIELD_TYPES.map((type) => ({ value: type, text: IN_WORDS[type] })),
    ...[...model.enums.values()].map(({ name, values }) => ({ value: name, text: `${name}: ${shortened(values)}` })),
    ...[...model.ownTypes.values()].map(({ name, base }) => ({
      value: name,
      text: `${name}: ${base}, judged by hooks`,
    })),
    ...[...model.collections.keys()].map((name) => ({
      value: `${ARROW}${name}`,
      text: `${ARROW}${name}: a reference`,
    })),
  ]
}

function shortened(values: readonly string[]): string {
  const text = values.slice(0, 4).join(', ')
  return values.length > 4 ? `${text}, …` : text
}

/** What schema.yaml says for a choice; undefined where the collection is gone. */
export function optionsOfType(model: Schema, choice: string): Readonly<Record<string, string>> | undefined {
  if (!choice.startsWith(ARROW)) return { type: choice }
  const target = model.collections.get(choice.slice(ARROW.length))
  if (target === undefined) return undefined
  return { type: target.primaryKey.type, references: `${target.name}.${target.primaryKey.name}` }
}

export function choiceOf(field: {
  readonly type: string
  readonly enumName?: string
  readonly ownType?: { readonly name: string }
  readonly references?: { readonly collection: string }
}): string {
  return field.references === undefined
    ? (field.enumName ?? field.ownType?.name ?? field.type)
    : `${ARROW}${field.references.collection}`
}
