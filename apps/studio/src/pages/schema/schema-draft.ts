import type { SchemaEdit } from '@koyalite/schema'

/** What an operator is about to change of the schema: kept on the server until it is applied or discarded. */
export interface SchemaDraft {
  /** Text of schema.yaml as it was edited by hand; the edits are made on it. */
  readonly source?: string | undefined
  /** Hash of the file that the text was made of. */
  readonly base?: string | undefined
  readonly edits: readonly SchemaEdit[]
  /** Whether something was renamed, by question. */
  readonly answers: Readonly<Record<string, 'rename' | 'drop'>>
  /** SQL for values of existing documents, by `collection.field`. */
  readonly fills: Readonly<Record<string, string>>
}

export const NO_DRAFT: SchemaDraft = { edits: [], answers: {}, fills: {} }

export function isEmptyDraft({ source, edits }: SchemaDraft): boolean {
  return source === undefined && edits.length === 0
}

/** How many changes it has. */
export function draftSize({ source, edits }: SchemaDraft): number {
  return edits.length + (source === undefined ? 0 : 1)
}

/** Whatever is kept there: an older studio, or somebody with curl, may have written it. */
export function parseDraft(value: unknown): SchemaDraft {
  if (typeof value !== 'object' || value === null) return NO_DRAFT
  const { source, base, edits, answers, fills } = value as Partial<Record<keyof SchemaDraft, unknown>>
  const isEdit = (edit: unknown) => typeof edit === 'object' && edit !== null && 'type' in edit
  return {
    ...(typeof source === 'string' && { source }),
    ...(typeof base === 'string' && { base }),
    edits: Array.isArray(edits) ? (edits.filter(isEdit) as SchemaEdit[]) : [],
    answers: typeof answers === 'object' && answers !== null ? (answers as SchemaDraft['answers']) : {},
    fills: typeof fills === 'object' && fills !== null ? (fills as SchemaDraft['fills']) : {},
  }
}

/** The edits with one more: what it undoes or says again is left out, so that a plan has each change once. */
export function addEdit(edits: readonly SchemaEdit[], edit: SchemaEdit): readonly SchemaEdit[] {
  switch (edit.type) {
    case 'set_field':
      return mergeOptions(edits, edit)
    case 'rename_field':
      return mergeRename(edits, edit)
    case 'rename_field_value':
    case 'remove_field_value':
      return mergeValue(edits, edit)
    case 'drop_field': {
      const isOfField = (one: SchemaEdit) =>
        'collection' in one && one.collection === edit.collection && 'field' in one && one.field === edit.field
      const isAdded = edits.some((one) => one.type === 'add_field' && isOfField(one))
      const rest = edits.filter((one) => !isOfField(one))
      return isAdded ? rest : [...rest, edit]
    }
    case 'set_rule':
      return replaceLast(edits, edit, (one) => {
        return one.type === 'set_rule' && one.collection === edit.collection && one.operation === edit.operation
      })
    case 'set_index':
      return replaceLast(edits, edit, (one) => {
        return one.type === 'set_index' && one.collection === edit.collection && one.index === edit.index
      })
    case 'drop_index': {
      const isSame = (one: SchemaEdit) =>
        one.type === 'set_index' && one.collection === edit.collection && one.index === edit.index
      return [...edits.filter((one) => !isSame(one)), edit]
    }
    case 'drop_collection': {
      const isAdded = edits.some((one) => one.type === 'add_collection' && one.collection === edit.collection)
      const rest = edits.filter((one) => !('collection' in one) || one.collection !== edit.collection)
      return isAdded ? rest : [...rest, edit]
    }
    default:
      return [...edits, edit]
  }
}

type EditOf<Type extends SchemaEdit['type']> = Extract<SchemaEdit, { readonly type: Type }>

const NAMING: ReadonlySet<SchemaEdit['type']> = new Set([
  'rename_field',
  'rename_collection',
  'rename_field_value',
  'remove_field_value',
])

function mergeOptions(edits: readonly SchemaEdit[], edit: EditOf<'set_field'>): readonly SchemaEdit[] {
  const index = edits.findLastIndex((one) => {
    const isSame = 'collection' in one && one.collection === edit.collection
    return isSame && (one.type === 'set_field' || one.type === 'add_field') && one.field === edit.field
  })
  const known = edits[index]
  // What was renamed in between has another name since, and a list of values those that it was given.
  const isBetween = edits.slice(index + 1).some((one) => NAMING.has(one.type))
  if (index === -1 || isBetween) return [...edits, edit]
  if (known?.type === 'set_field')
    return edits.with(index, { ...known, options: { ...known.options, ...edit.options } })
  if (known?.type !== 'add_field') return [...edits, edit]
  const value = Object.entries({ ...known.value, ...edit.options }).filter(([, option]) => option !== null)
  return edits.with(index, { ...known, value: Object.fromEntries(value) })
}

/** A field that is new has no documents: its list of values is another one, and that is all. */
function mergeValue(
  edits: readonly SchemaEdit[],
  edit: EditOf<'rename_field_value' | 'remove_field_value'>,
): readonly SchemaEdit[] {
  const { collection, field } = edit
  const added = edits.find((one) => one.type === 'add_field' && one.collection === collection && one.field === field) as
    | EditOf<'add_field'>
    | undefined
  const values = added?.value.enum
  if (added === undefined || !Array.isArray(values)) return [...edits, edit]
  const [gone, instead] = edit.type === 'rename_field_value' ? [edit.from, edit.to] : [edit.value, edit.replacement]
  const rest =
    edit.type === 'rename_field_value'
      ? values.map((value) => (value === gone ? edit.to : value))
      : values.filter((value) => value !== gone)
  const fallback = added.value.default === gone && { default: instead }
  return mergeOptions(edits, { type: 'set_field', collection, field, options: { enum: rest, ...fallback } })
}

function mergeRename(edits: readonly SchemaEdit[], edit: EditOf<'rename_field'>): readonly SchemaEdit[] {
  const { collection, from, to } = edit
  const last = edits.at(-1)
  if (last?.type === 'add_field' && last.collection === collection && last.field === from)
    return edits.with(-1, { ...last, field: to })
  if (last?.type === 'rename_field' && last.collection === collection && last.to === from)
    return last.from === to ? edits.slice(0, -1) : edits.with(-1, { ...last, to })
  return [...edits, edit]
}

function replaceLast(
  edits: readonly SchemaEdit[],
  edit: SchemaEdit,
  isSame: (one: SchemaEdit) => boolean,
): readonly SchemaEdit[] {
  const index = edits.findLastIndex(isSame)
  return index === -1 ? [...edits, edit] : edits.with(index, edit)
}

/** An edit in words: "Rename posts.title to heading". */
export function editInWords(edit: SchemaEdit): string {
  switch (edit.type) {
    case 'add_collection':
      return `New collection ${edit.collection}`
    case 'rename_collection':
      return `Rename ${edit.from} to ${edit.to}`
    case 'drop_collection':
      return `Drop ${edit.collection}`
    case 'set_collection':
      return `Change ${Object.keys(edit.options).join(', ')} of ${edit.collection}`
    case 'add_field':
      return `Add ${edit.collection}.${edit.field}`
    case 'rename_field':
      return `Rename ${edit.collection}.${edit.from} to ${edit.to}`
    case 'drop_field':
      return `Drop ${edit.collection}.${edit.field}`
    case 'set_field':
      return `Change ${Object.keys(edit.options).join(', ')} of ${edit.collection}.${edit.field}`
    case 'move_field':
      return `Move ${edit.collection}.${edit.field}`
    case 'rename_field_value':
      return `Rename the value ${edit.from} of ${edit.collection}.${edit.field} to ${edit.to}`
    case 'remove_field_value':
      return `Remove the value ${edit.value} from ${edit.collection}.${edit.field}`
    case 'set_index':
      return `Index ${edit.index} of ${edit.collection}`
    case 'drop_index':
      return `Drop the index ${edit.index} of ${edit.collection}`
    case 'set_rule':
      return edit.rule === null
        ? `Remove the rule ${edit.operation} of ${edit.collection}`
        : `Rule ${edit.operation} of ${edit.collection}`
    case 'set_policy':
      return `Policy ${edit.policy} of ${edit.collection}`
    case 'drop_policy':
      return `Remove the policy ${edit.policy} of ${edit.collection}`
    case 'set_definition':
      return edit.body === null ? `Remove the definition ${edit.signature}` : `Definition ${edit.signature}`
    case 'add_enum':
      return `Add the type ${edit.enum}`
    case 'rename_enum':
      return `Rename the type ${edit.from} to ${edit.to}`
    case 'drop_enum':
      return `Drop the type ${edit.enum}`
    case 'add_value':
      return `Add the value ${edit.value} to ${edit.enum}`
    case 'rename_value':
      return `Rename the value ${edit.from} of ${edit.enum} to ${edit.to}`
    case 'remove_value':
      return `Remove the value ${edit.value} from ${edit.enum}`
    case 'move_value':
      return `Move the value ${edit.value} of ${edit.enum}`
  }
}
