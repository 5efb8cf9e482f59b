import { defaultText } from '../ddl'
import type { Field, FieldType, FieldValidation } from '../model'
import { showValue } from '../shape'

/** The one reason that no migration file can do anything about. */
export const PRIMARY_KEY_CHANGES = 'the primary key changes'

/** One way in which a field differs. `stricter` says why existing documents may not fit, where they may not. */
export interface FieldChange {
  readonly text: string
  readonly stricter?: string
}

/** How a field of one name differs between two schemas. Its name apart, everything that a file can say is compared. */
export function diffField(from: Field, to: Field): readonly FieldChange[] {
  return [
    ...typeChange(from, to),
    ...flagChanges(from, to),
    ...validationChanges(from.validation, to.validation),
    ...jsonSchemaChange(from, to),
    ...referenceChanges(from, to),
    ...harmlessChanges(from, to),
  ]
}

/** Whether existing values may no longer be valid for the field. */
export function mayNotFit(from: Field, to: Field): boolean {
  return [
    ...typeChange(from, to),
    ...validationChanges(from.validation, to.validation),
    ...jsonSchemaChange(from, to),
  ].some((change) => change.stricter !== undefined)
}

/** Types that hold the same values, in the same form. */
export function isSameKind(a: FieldType, b: FieldType): boolean {
  const texts: readonly FieldType[] = ['string', 'text']
  return a === b || (texts.includes(a) && texts.includes(b))
}

function typeChange(from: Field, to: Field): readonly FieldChange[] {
  if (from.type === to.type) return []
  const text = `type ${from.type} → ${to.type}`
  return [isSameKind(from.type, to.type) ? { text } : { text, stricter: 'its type changes' }]
}

function flagChanges(from: Field, to: Field): readonly FieldChange[] {
  const changes: FieldChange[] = []
  const flag = (key: 'primary' | 'unique' | 'nullable' | 'index' | 'internal', stricter: string | undefined) => {
    if (from[key] !== to[key]) changes.push({ text: `${key} ${from[key]} → ${to[key]}`, ...(stricter && { stricter }) })
  }
  flag('primary', PRIMARY_KEY_CHANGES)
  flag('unique', to.unique ? 'existing documents may have equal values' : undefined)
  flag('nullable', to.nullable ? undefined : 'existing documents may have no value')
  flag('index', undefined)
  flag('internal', undefined)
  return changes
}

function validationChanges(from: FieldValidation, to: FieldValidation): readonly FieldChange[] {
  const changes: FieldChange[] = []
  const change = (key: keyof FieldValidation, isStricter: boolean) => {
    const text = `${key} ${show(from[key])} → ${show(to[key])}`
    changes.push(isStricter ? { text, stricter: 'existing values may not fit' } : { text })
  }
  for (const key of ['minLength', 'min'] as const) {
    if (from[key] !== to[key]) change(key, to[key] !== undefined && (from[key] === undefined || to[key] > from[key]))
  }
  for (const key of ['maxLength', 'max'] as const) {
    if (from[key] !== to[key]) change(key, to[key] !== undefined && (from[key] === undefined || to[key] < from[key]))
  }
  for (const key of ['format', 'pattern'] as const) {
    if (from[key] !== to[key]) change(key, to[key] !== undefined)
  }
  if (JSON.stringify(from.enum) !== JSON.stringify(to.enum)) {
    const kept = new Set(to.enum)
    change('enum', to.enum !== undefined && (from.enum === undefined || from.enum.some((value) => !kept.has(value))))
  }
  return changes
}

function jsonSchemaChange(from: Field, to: Field): readonly FieldChange[] {
  if (JSON.stringify(from.jsonSchema) === JSON.stringify(to.jsonSchema)) return []
  if (to.jsonSchema === undefined) return [{ text: 'schema removed' }]
  return [
    {
      text: from.jsonSchema === undefined ? 'schema added' : 'schema changed',
      stricter: 'existing values may not fit',
    },
  ]
}

function referenceChanges(from: Field, to: Field): readonly FieldChange[] {
  const [before, after] = [from.references, to.references]
  const name = (reference: Field['references']) => (reference ? `${reference.collection}.${reference.field}` : 'none')
  if (name(before) !== name(after)) {
    const text = `references ${name(before)} → ${name(after)}`
    return [after ? { text, stricter: 'existing values may be broken references' } : { text }]
  }
  if (before && after && before.onDelete !== after.onDelete)
    return [{ text: `onDelete ${before.onDelete} → ${after.onDelete}` }]
  return []
}

function harmlessChanges(from: Field, to: Field): readonly FieldChange[] {
  const changes: FieldChange[] = []
  const [before, after] = [defaultText(from), defaultText(to)]
  if (before !== after) changes.push({ text: `default ${before ?? 'none'} → ${after ?? 'none'}` })
  if (ownTypeText(from) !== ownTypeText(to))
    changes.push({ text: `own type ${ownTypeText(from)} → ${ownTypeText(to)}` })
  if (from.onUpdateNow !== to.onUpdateNow) changes.push({ text: `onUpdate ${to.onUpdateNow ? 'now' : 'none'}` })
  if (from.column !== to.column) changes.push({ text: `column ${showValue(from.column)} → ${showValue(to.column)}` })
  if (from.read?.source !== to.read?.source) changes.push({ text: 'read rule' })
  if (from.write?.source !== to.write?.source) changes.push({ text: 'write rule' })
  if (from.clientName !== to.clientName) changes.push({ text: 'name in clients' })
  if (from.description !== to.description) changes.push({ text: 'description' })
  return changes
}

function ownTypeText({ ownType }: Field): string {
  return ownType ? `${ownType.name} (validate: ${ownType.validate})` : 'none'
}

function show(value: FieldValidation[keyof FieldValidation]): string {
  if (value === undefined) return 'none'
  return typeof value === 'object' ? `[${value.join(', ')}]` : String(value)
}
