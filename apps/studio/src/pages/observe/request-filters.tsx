import { useNavigate } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { useRef } from 'react'
import { INPUT } from '../../kit/text-field'
import { useKeys } from '../../shell/keyboard'
import type { RequestsSearch } from './observe-search'

const STATUSES = [
  ['', 'Any status'],
  ['2xx', '2xx: fine'],
  ['3xx', '3xx: redirected'],
  ['4xx', '4xx: refused'],
  ['5xx', '5xx: failed'],
] as const
const DURATIONS = [
  [0, 'Any duration'],
  [10, '10 ms or longer'],
  [100, '100 ms or longer'],
  [1_000, '1 s or longer'],
] as const

/** What the list of requests is filtered by. All of it is in the address. */
export function RequestFilters({ search }: { readonly search: RequestsSearch }) {
  const navigate = useNavigate({ from: '/observe/requests' })
  const pathInput = useRef<HTMLInputElement>(null)
  useKeys({ search: () => pathInput.current?.focus() })
  const set = (change: { readonly [K in keyof RequestsSearch]?: RequestsSearch[K] | undefined }) => {
    const next = Object.entries({ ...search, ...change, id: undefined }).filter(
      ([, value]) => value !== undefined && value !== '',
    )
    void navigate({ search: Object.fromEntries(next), replace: true })
  }
  const { path = '', status = '', actor = '', min_ms = 0, route, range, own } = search
  return (
    <div className="flex flex-wrap items-center gap-2">
      <input
        ref={pathInput}
        type="search"
        aria-label="Part of the path"
        placeholder="Path"
        value={path}
        onChange={({ target }) => set({ path: target.value })}
        className={`${INPUT} max-w-[240px] max-sm:max-w-none`}
      />
      <select
        aria-label="Status"
        value={status}
        onChange={({ target }) => set({ status: target.value })}
        className={`${INPUT} w-auto! max-sm:min-w-0 max-sm:flex-1`}
      >
        {STATUSES.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
        {!STATUSES.some(([value]) => value === status) && <option value={status}>{status}</option>}
      </select>
      <select
        aria-label="Duration"
        value={min_ms}
        onChange={({ target }) => set({ min_ms: Number(target.value) || undefined })}
        className={`${INPUT} w-auto! max-sm:min-w-0 max-sm:flex-1`}
      >
        {DURATIONS.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
        {!DURATIONS.some(([value]) => value === min_ms) && <option value={min_ms}>{min_ms} ms or longer</option>}
      </select>
      <input
        type="search"
        aria-label="Actor: an id, or a kind"
        placeholder="Actor"
        list="actor-kinds"
        value={actor}
        onChange={({ target }) => set({ actor: target.value })}
        className={`${INPUT} max-w-[180px]`}
      />
      <datalist id="actor-kinds">
        {['anonymous', 'user', 'service_key', 'operator'].map((kind) => (
          <option key={kind} value={kind} />
        ))}
      </datalist>
      {route !== undefined && <Chip label="Route" text={route} onRemove={() => set({ route: undefined })} />}
      {range !== undefined && (
        <Chip label="Time" text={range.replace('..', ' – ')} onRemove={() => set({ range: undefined })} />
      )}
      <label className="flex items-center gap-1.5 text-text-2">
        <input
          type="checkbox"
          checked={own === true}
          onChange={({ target }) => set({ own: target.checked || undefined } as never)}
        />
        The studio’s own
      </label>
    </div>
  )
}

function Chip({ label, text, onRemove }: { readonly label: string; readonly text: string; onRemove(): void }) {
  return (
    <span className="inline-flex h-8 max-w-full items-center gap-1.5 rounded-control bg-sunken pl-2.5">
      <span className="text-text-2">{label}</span>
      <span className="truncate font-mono text-code">{text}</span>
      <button
        type="button"
        aria-label={`Remove ${label.toLowerCase()}`}
        onClick={onRemove}
        className="grid size-8 flex-none place-items-center text-text-2 hover:text-text"
      >
        <X aria-hidden="true" size={14} strokeWidth={1.5} />
      </button>
    </span>
  )
}
