import { TextField } from '../../kit/text-field'
import type { CallSearch } from './call-search'

/** What the list is of: as the view of the data had it, and to be changed here. */
export function ViewFields({
  search: { filter = [], where, params, sort },
  onChange,
}: {
  readonly search: CallSearch
  readonly onChange: (change: Partial<CallSearch>) => void
}) {
  const filters = [...filter, '']
  return (
    <div className="grid grid-cols-3 gap-3 max-sm:grid-cols-1">
      <div className="flex flex-col gap-2">
        {filters.map((one, index) => (
          <TextField
            // biome-ignore lint/suspicious/noArrayIndexKey: a filter is its place in the list
            key={index}
            label={index === 0 ? 'Filter' : `Filter ${index + 1}`}
            placeholder="status:eq:draft"
            value={one}
            onChange={({ target }) => {
              const next = filters
                .map((other, at) => (at === index ? target.value : other))
                .filter((text) => text !== '')
              onChange({ filter: next.length === 0 ? undefined : next })
            }}
          />
        ))}
      </div>
      <TextField
        label="Where"
        placeholder="doc.stars > 3"
        value={where ?? ''}
        onChange={({ target }) =>
          onChange({ where: target.value || undefined, params: paramsFor(target.value, params) })
        }
      />
      <TextField
        label="Sort"
        placeholder="-created_at,title"
        value={sort ?? ''}
        onChange={({ target }) => onChange({ sort: target.value || undefined })}
      />
    </div>
  )
}

/** Values that are not named any more would be refused. */
function paramsFor(where: string, params: string | undefined): string | undefined {
  return /\$1(?!\d)/.test(where) ? params : undefined
}
