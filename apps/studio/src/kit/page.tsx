import type { ReactNode } from 'react'

export interface PageProps {
  readonly title: string
  /** What is done here most. */
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A page of lists and text. It begins where every page begins, so that titles stay where they are when one moves on. */
export function Page({ title, actions, children }: PageProps) {
  return (
    <div className="flex max-w-page flex-col gap-4 p-6 max-sm:p-4">
      <div className="flex min-h-8 flex-wrap items-center gap-3">
        <h1 className="text-title font-semibold">{title}</h1>
        <span className="flex-1" />
        {actions}
      </div>
      {children}
    </div>
  )
}
