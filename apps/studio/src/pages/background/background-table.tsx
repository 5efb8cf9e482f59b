import { Link, type LinkProps } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Badge } from '../../kit/badge'
import { classNames } from '../../kit/class-names'
import { ScrollRegion } from '../../kit/scroll-region'

const HEADS = ['What', 'State', 'Next', 'Last', 'Actions'] as const

/** All that runs by itself, in groups. */
export function BackgroundTable({ children }: { readonly children: ReactNode }) {
  return (
    <ScrollRegion label="Table of what runs by itself" className="rounded-panel border border-line">
      <table className="w-full text-left">
        <thead className="text-sm text-text-2">
          <tr>
            {HEADS.map((name) => (
              <th
                key={name}
                scope="col"
                className={classNames('h-8 px-3 font-medium whitespace-nowrap', name === 'Actions' && 'text-right')}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        {children}
      </table>
    </ScrollRegion>
  )
}

export interface GroupProps {
  readonly name: string
  /** The page that has all of it. */
  readonly page: LinkProps | null
  /** How many are not as they should be. */
  readonly problems: number
  /** How many there are besides those that are shown. */
  readonly hidden?: number
  /** Its rows. */
  readonly children: ReactNode
}

export function Group({ name, page, problems, hidden = 0, children }: GroupProps) {
  return (
    <tbody className="divide-y divide-line border-t border-line">
      <tr className="bg-surface">
        <th scope="rowgroup" colSpan={HEADS.length} className="h-9 px-3 font-medium">
          {page === null ? (
            name
          ) : (
            <Link {...page} className="hover:underline">
              {name}
            </Link>
          )}
          {problems > 0 && (
            <span className="ml-2">
              <Badge kind="danger">{problems.toLocaleString('en')} to look at</Badge>
            </span>
          )}
        </th>
      </tr>
      {children}
      {hidden > 0 && page !== null && (
        <tr>
          <td colSpan={HEADS.length} className="h-9 px-3">
            <Link {...page} className="text-link hover:underline">
              {hidden.toLocaleString('en')} more
            </Link>
          </td>
        </tr>
      )}
    </tbody>
  )
}

export interface RowProps {
  readonly name: ReactNode
  readonly note?: string
  readonly state: ReactNode
  readonly next: ReactNode
  readonly last: ReactNode
  readonly action?: ReactNode
}

export function Row({ name, note, state, next, last, action }: RowProps) {
  return (
    <tr className="hover:bg-surface">
      <td className="h-10 max-w-[360px] min-w-[180px] px-3 py-1.5">
        {name}
        {note !== undefined && <p className="text-sm text-text-2 max-sm:max-w-[200px]">{note}</p>}
      </td>
      <td className="px-3 whitespace-nowrap">{state}</td>
      <td className="px-3 py-1.5 whitespace-nowrap">{next}</td>
      <td className="max-w-[320px] px-3 py-1.5">{last}</td>
      <td className="px-3 text-right">{action}</td>
    </tr>
  )
}

/** Of a group; the others are on its page. */
const [PROBLEMS, OTHERS] = [10, 5] as const

/** What is shown of a group: what is not as it should be, and the first of the others. */
export function shownOf<T>(all: readonly T[], isProblem: (one: T) => boolean): readonly T[] {
  const others = all.filter((one) => !isProblem(one))
  return [...all.filter(isProblem).slice(0, PROBLEMS), ...others.slice(0, OTHERS)]
}
