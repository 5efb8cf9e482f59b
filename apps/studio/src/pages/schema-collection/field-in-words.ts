import type { Default, Field } from '@koyalite/schema'

/** `status (enum)`, `→ users`, `string` */
export function fieldTypeText(field: Field): string {
  if (field.references !== undefined) return `→ ${field.references.collection}`
  return field.enumName ?? field.ownType?.name ?? field.type
}

/** What a field is besides its type, in words. */
export function fieldMarks(field: Field): readonly string[] {
  const { validation, references } = field
  return [
    field.primary && 'key',
    field.unique && !field.primary && 'unique',
    field.index && 'index',
    field.nullable && 'nullable',
    field.default !== undefined && `default ${defaultText(field.default)}`,
    field.onUpdateNow && 'set by each update',
    references !== undefined && references.onDelete !== 'restrict' && `on delete ${references.onDelete}`,
    field.internal && 'internal',
    validation.minLength === 1 && 'not empty',
    validation.minLength !== undefined && validation.minLength > 1 && `at least ${validation.minLength} characters`,
    validation.maxLength !== undefined && `at most ${validation.maxLength} characters`,
    validation.min !== undefined && `≥ ${validation.min}`,
    validation.max !== undefined && `≤ ${validation.max}`,
    validation.format,
    validation.pattern !== undefined && 'pattern',
    field.enumName === undefined && validation.enum !== undefined && validation.enum.join(' | '),
    (field.read ?? field.write) !== undefined && 'own rule',
  ].filter((mark): mark is string => typeof mark === 'string')
}

/** As it is typed in a form. */
export function defaultText(value: Default): string {
  if (value.kind !== 'literal') return value.kind
  return typeof value.value === 'string' ? value.value : JSON.stringify(value.value)
}
