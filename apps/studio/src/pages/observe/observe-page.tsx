import type { ReactNode } from 'react'

export interface ObservePageProps {
  readonly title: string
  /** At the right of the title: the time that is shown, filters. */
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A page of charts and wide lists. */
export function ObservePage({ title, actions, children }: ObservePageProps) {
  return (
    <div className="flex max-w-page flex-col gap-5 p-6 max-sm:p-4">
      <div className="flex min-h-8 flex-wrap items-center gap-3">
        <h1 className="text-title font-semibold">{title}</h1>
        <span className="flex-1" />
        {actions}
      </div>
      {children}
    </div>
  )
}

/** Charts, two beside one another where there is room. */
export function Charts({ children }: { readonly children: ReactNode }) {
  return <div className="grid grid-cols-2 gap-x-8 gap-y-6 max-lg:grid-cols-1">{children}</div>
}

/** Some numbers that stand for the whole time. */
export function Figures({ figures }: { readonly figures: readonly (readonly [name: string, value: string])[] }) {
  return (
    <dl className="flex flex-wrap gap-x-10 gap-y-3">
      {figures.map(([name, value]) => (
        <div key={name} className="flex flex-col">
          <dt className="text-sm text-text-2">{name}</dt>
          <dd className="text-large font-semibold">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
