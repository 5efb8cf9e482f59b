import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

export interface NothingMatchesProps {
  /** The list that is filtered. */
  readonly page: '/deliveries' | '/executions' | '/jobs' | '/mails' | '/observe/requests'
  /** What may have been left out. */
  readonly children: ReactNode
}

/** In place of a list whose filter leaves nothing. */
export function NothingMatches({ page, children }: NothingMatchesProps) {
  return (
    <div className="flex flex-col items-start gap-3 py-8 text-text-2">
      <p>{children}</p>
      <Link
        to={page}
        search={{}}
        className="inline-flex h-8 items-center rounded-control border border-control bg-raised px-3 font-medium text-text hover:bg-sunken"
      >
        Clear filter
      </Link>
    </div>
  )
}
