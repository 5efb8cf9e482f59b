import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Badge } from '../../kit/badge'
import { minuteOf } from '../../kit/times'
import type { SqlTabs } from './use-sql-tabs'

export interface QueryListProps {
  readonly tabs: SqlTabs
  /** Opens a text in a new tab. */
  onRecall(sql: string): void
  onReopen(id: string): void
  /** The list is in a drawer that closes with what is chosen. */
  close(): void
}

const ENTRY = 'block w-full truncate rounded-control px-2 py-1.5 text-left hover:bg-sunken'

/** Saved queries, what was closed lately, and what was run. */
export function QueryList({ tabs, onRecall, onReopen, close }: QueryListProps) {
  const { queries, closed, history } = tabs
  return (
    <div className="flex flex-col gap-4 p-2">
      <Section title="Saved queries">
        {queries.length === 0 && <p className="px-2 text-sm text-text-3">None yet. Ctrl+S saves the one you write.</p>}
        {queries.map(({ id, name, isShared, isOwn }) => (
          <Link
            key={`${id}${isOwn}`}
            to="/sql/$query"
            params={{ query: id }}
            onClick={close}
            activeProps={{ className: 'bg-selection' }}
            className={`${ENTRY} flex items-center gap-2`}
          >
            <span className="min-w-0 flex-1 truncate">{name}</span>
            {isShared && <Badge>{isOwn ? 'shared' : 'of others'}</Badge>}
          </Link>
        ))}
      </Section>
      {closed.length > 0 && (
        <Section title="Closed lately">
          {closed.map(({ id, title, text }) => (
            <button
              key={id}
              type="button"
              title={text.slice(0, 300)}
              className={ENTRY}
              onClick={() => {
                onReopen(id)
                close()
              }}
            >
              {title} <span className="text-sm text-text-3">{text.trim().slice(0, 40)}</span>
            </button>
          ))}
        </Section>
      )}
      {history.length > 0 && (
        <Section title="Run lately">
          {history.map(({ sql, at, outcome }) => (
            <button
              key={`${at}${sql}`}
              type="button"
              title={sql.slice(0, 500)}
              className={ENTRY}
              onClick={() => {
                onRecall(sql)
                close()
              }}
            >
              <span className="block truncate font-mono text-sm">{sql.trim().replace(/\s+/g, ' ').slice(0, 80)}</span>
              <span className="block truncate text-sm text-text-3">
                {minuteOf(new Date(at).toISOString())} · {outcome}
              </span>
            </button>
          ))}
        </Section>
      )}
    </div>
  )
}

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h2 className="px-2 py-1 text-sm font-medium text-text-2">{title}</h2>
      {children}
    </section>
  )
}
