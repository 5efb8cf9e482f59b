import type { ListLogEntriesResponse } from '@koyalite/client/admin'
import { Badge } from '../../kit/badge'

export type LogEntry = ListLogEntriesResponse['entries'][number]

const KINDS = { debug: 'plain', info: 'plain', warn: 'warning', error: 'danger' } as const

export function LevelBadge({ level }: { readonly level: LogEntry['level'] }) {
  return <Badge kind={KINDS[level]}>{level}</Badge>
}

/** One line of the log in full. */
export function LogLine({ entry }: { readonly entry: LogEntry }) {
  const fields = Object.entries(entry.fields).filter(([, value]) => value !== null)
  return (
    <div className="flex flex-col gap-2">
      <p className="flex flex-wrap items-baseline gap-2">
        <LevelBadge level={entry.level} />
        <span className="text-text-2">{entry.at.slice(11, 23)} Z</span>
        <span className="min-w-0 break-words">{entry.message}</span>
      </p>
      {fields.length > 0 && (
        <pre className="max-h-[320px] overflow-auto rounded-panel bg-sunken px-3 py-2 font-mono text-code break-words whitespace-pre-wrap">
          {fields.map(([name, value]) => `${name}: ${valueText(value)}`).join('\n')}
        </pre>
      )}
    </div>
  )
}

/** Stacks have lines of their own. */
function valueText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'object' && value !== null && 'stack' in value && typeof value.stack === 'string') {
    const { stack, type: _, message: __, ...rest } = value as Readonly<Record<string, unknown>>
    return Object.keys(rest).length === 0 ? String(stack) : `${stack}\n${JSON.stringify(rest, null, 2)}`
  }
  return JSON.stringify(value)
}
