import type { Json } from '../../fields/exact-json'
import type { FieldInfo } from '../../fields/field'
import { formatValue } from '../../fields/format-value'
import { useZone } from '../../fields/use-zone'
import type { DocumentForm } from './use-document-form'

/** What saving will change, field by field. */
export function ChangesDiff({ form: { collection, base, read } }: { readonly form: DocumentForm }) {
  const changed = collection.fields.filter(({ name }) => read.changed.includes(name))
  return (
    <dl className="flex max-h-[240px] flex-col gap-2 overflow-auto">
      {changed.map((field) => (
        <div key={field.name} className="flex flex-col gap-0.5">
          <dt className="text-sm text-text-2">{field.name}</dt>
          <dd className="flex flex-col font-mono text-code break-words">
            {base !== null && <Line sign="−" field={field} value={base.values[field.name] ?? null} />}
            {field.name in read.values ? (
              <Line sign="+" field={field} value={read.values[field.name] ?? null} />
            ) : (
              <span className="text-danger-text">{read.problems[field.name]?.message}</span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Line({ sign, field, value }: { readonly sign: '−' | '+'; readonly field: FieldInfo; readonly value: Json }) {
  const { zone } = useZone()
  const { text, mark } = formatValue(field, value, zone)
  return (
    <span
      className={`rounded-mark px-1 ${sign === '+' ? 'bg-success-soft text-success-text' : 'bg-danger-soft text-danger-text'}`}
    >
      {sign} {mark === null ? text : <em>{text}</em>}
    </span>
  )
}
