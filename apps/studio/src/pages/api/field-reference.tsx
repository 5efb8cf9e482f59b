import { Link } from '@tanstack/react-router'
import { Badge } from '../../kit/badge'
import { ScrollRegion } from '../../kit/scroll-region'
import type { CollectionModel, FieldModel } from './snippets/call'

/** The fields that documents have in the API, with what holds for their values. */
export function FieldReference({ model: { fields } }: { readonly model: CollectionModel }) {
  const shown = fields.filter(({ internal }) => !internal)
  return (
    <section aria-labelledby="fields" className="flex flex-col gap-2">
      <h2 id="fields" className="text-title font-semibold">
        Fields
      </h2>
      <ScrollRegion label="Table of fields" className="rounded-panel border border-line">
        <table className="w-full text-left">
          <thead className="bg-surface text-sm text-text-2">
            <tr>
              {['Field', 'Type', 'Value'].map((name) => (
                <th key={name} scope="col" className="h-8 px-3 font-medium">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {shown.map((field) => (
              <tr key={field.name}>
                <th scope="row" className="px-3 py-2 align-top font-mono text-code font-normal">
                  {field.name}
                </th>
                <td className="px-3 py-2 align-top whitespace-nowrap">
                  <Type field={field} />
                </td>
                <td className="min-w-[200px] px-3 py-2 align-top">
                  <span className="flex flex-wrap gap-1">
                    {marksOf(field).map((mark) => (
                      <Badge key={mark}>{mark}</Badge>
                    ))}
                  </span>
                  {field.description !== null && <p className="text-text-2">{field.description}</p>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </section>
  )
}

function Type({ field: { type, references } }: { readonly field: FieldModel }) {
  if (references === null) return type
  return (
    <>
      {type}, key of{' '}
      <Link to="/api/$collection" params={{ collection: references.collection }} className="text-link underline">
        {references.collection}
      </Link>
    </>
  )
}

/** An enum of more values is cut. */
const MAX_VALUES = 12

function marksOf(field: FieldModel): readonly string[] {
  const { primary, nullable, unique, updates, format, pattern, rules } = field
  const values = field.enum?.values ?? []
  const bounds = [
    ...(field.min_length === null
      ? []
      : [field.min_length === 1 ? 'not empty' : `at least ${field.min_length} characters`]),
    ...(field.max_length === null ? [] : [`at most ${field.max_length} characters`]),
    ...(field.min === null ? [] : [`from ${field.min}`]),
    ...(field.max === null ? [] : [`up to ${field.max}`]),
  ]
  return [
    ...(primary ? ['key'] : []),
    ...(nullable ? ['may be null'] : field.default === null && !updates ? ['required'] : []),
    ...(field.default === null ? [] : [defaultOf(field.default)]),
    ...(updates ? ['set by each write'] : []),
    ...(unique && !primary ? ['unique'] : []),
    ...values.slice(0, MAX_VALUES).map(String),
    ...(values.length > MAX_VALUES ? [`${values.length - MAX_VALUES} more`] : []),
    ...bounds,
    ...(format === null ? [] : [format]),
    ...(pattern === null ? [] : [`matches ${pattern}`]),
    ...(rules.read === null ? [] : ['not for all readers']),
    ...(rules.write === null ? [] : ['not for all writers']),
  ]
}

function defaultOf({ kind, value }: NonNullable<FieldModel['default']>): string {
  return `default ${kind === 'literal' ? JSON.stringify(value) : kind}`
}
