import { type FormEvent, useState } from 'react'
import type { CollectionInfo, FieldInfo } from '../../fields/field'
import { Button } from '../../kit/button'
import { INPUT } from '../../kit/text-field'
import { type Condition, OPERATORS, type Operator, operatorsFor, takesValue } from './condition'
import { fieldAt } from './field-at'
import { ReferenceSuggestions } from './reference-suggestions'

export interface ConditionFormProps {
  readonly collection: CollectionInfo
  readonly collections: readonly CollectionInfo[]
  /** One that is changed. */
  readonly condition?: Condition
  onApply(condition: Condition): void
}

const JSON_OPERATORS: readonly Operator[] = ['is', 'not', 'contains', 'gt', 'gte', 'lt', 'lte', 'has', 'set', 'unset']

/** A condition in words: a field, how it is compared, with what. */
export function ConditionForm({ collection, collections, condition, onApply }: ConditionFormProps) {
  const paths = pathsOf(collection, collections)
  const [path, setPath] = useState(condition?.path ?? paths[0] ?? '')
  const field = fieldAt(path, collection, collections)
  const operators = field ? operatorsFor(field) : JSON_OPERATORS
  const [operator, setOperator] = useState<Operator>(condition?.operator ?? operators[0] ?? 'is')
  const [value, setValue] = useState(condition?.value ?? '')
  const chosen = operators.includes(operator) ? operator : (operators[0] ?? 'is')
  const isWithin = field?.type === 'json' || field === undefined
  function apply(event: FormEvent): void {
    event.preventDefault()
    if (field === null) return
    onApply({ path, operator: chosen, value: takesValue(chosen) ? value : '', isOff: condition?.isOff ?? false })
  }
  return (
    <form onSubmit={apply} className="flex flex-col gap-2">
      <select
        aria-label="Field"
        value={paths.includes(path) ? path : (path.split('.')[0] ?? '')}
        onChange={({ target }) => {
          setPath(target.value)
          setValue('')
        }}
        className={INPUT}
      >
        {paths.map((one) => (
          <option key={one} value={one}>
            {one.replaceAll('.', ' → ')}
          </option>
        ))}
      </select>
      {isWithin && (
        <input
          aria-label="Path in the json"
          placeholder="plan.name: a path in it, if you like"
          value={path.split('.').slice(1).join('.')}
          onChange={({ target }) =>
            setPath([path.split('.')[0], ...(target.value === '' ? [] : [target.value])].join('.'))
          }
          className={INPUT}
        />
      )}
      <select
        aria-label="Comparison"
        value={chosen}
        onChange={({ target }) => setOperator(target.value as Operator)}
        className={INPUT}
      >
        {operators.map((one) => (
          <option key={one} value={one}>
            {OPERATORS[one]}
          </option>
        ))}
      </select>
      {takesValue(chosen) && (
        <ValueInput
          field={field ?? undefined}
          operator={chosen}
          value={value}
          onChange={setValue}
          collections={collections}
        />
      )}
      <Button type="submit" kind="primary" className="self-end">
        {condition === undefined ? 'Add filter' : 'Change filter'}
      </Button>
    </form>
  )
}

interface ValueInputProps {
  readonly field: FieldInfo | undefined
  readonly operator: Operator
  readonly value: string
  onChange(value: string): void
  readonly collections: readonly CollectionInfo[]
}

function ValueInput({ field, operator, value, onChange, collections }: ValueInputProps) {
  const choices = field?.type === 'bool' ? ['true', 'false'] : field?.enum?.values.map(String)
  if (choices !== undefined && operator !== 'in')
    return (
      <select aria-label="Value" value={value} onChange={({ target }) => onChange(target.value)} className={INPUT}>
        {!choices.includes(value) && <option value={value}>{value}</option>}
        {choices.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    )
  if (field?.references && (operator === 'is' || operator === 'not'))
    return <ReferenceSuggestions field={field} collections={collections} value={value} onChange={onChange} />
  return (
    <input
      aria-label="Value"
      placeholder={placeholderOf(field, operator)}
      value={value}
      inputMode={field?.type === 'int' || field?.type === 'float' ? 'decimal' : undefined}
      onChange={({ target }) => onChange(target.value)}
      className={INPUT}
    />
  )
}

function placeholderOf(field: FieldInfo | undefined, operator: Operator): string {
  if (operator === 'in') return 'a, b, c'
  if (field?.type === 'timestamp') return '2026-11-29T17:05:14Z'
  return field?.type === 'date' ? '2026-11-29' : 'Value'
}

/** The fields, and those of what references refer to: `author.name`. */
function pathsOf(collection: CollectionInfo, collections: readonly CollectionInfo[]): readonly string[] {
  return collection.fields
    .filter(({ internal }) => !internal)
    .flatMap((field) => {
      const target = collections.find(({ name }) => name === field.references?.collection)
      if (target === undefined) return [field.name]
      const relation = field.name.endsWith('_id') ? field.name.slice(0, -3) : field.name
      const reached = target.fields.filter(
        ({ internal, primary, type }) => !internal && !primary && type !== 'json' && type !== 'blob',
      )
      return [field.name, ...reached.map(({ name }) => `${relation}.${name}`)]
    })
}
