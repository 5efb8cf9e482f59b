import { AdminApiError } from '@koyalite/client/admin'
import type { ReactNode } from 'react'
import { Button } from './button'

/** Nothing is here yet: what this is, in a sentence, and what to do next. */
export function EmptyState({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-[480px] flex-col items-start gap-3 px-4 py-16">
      <h2 className="text-large font-semibold text-balance">{title}</h2>
      <div className="flex w-full min-w-0 flex-col items-start gap-3 text-md text-text-2">{children}</div>
    </div>
  )
}

/** What failed, why, what to do, and the request under which the log has it. */
export function ErrorState({
  what,
  error,
  onRetry,
}: {
  readonly what: string
  readonly error: unknown
  readonly onRetry?: () => void
}) {
  const known = error instanceof AdminApiError ? error : null
  return (
    <div role="alert" className="m-4 flex max-w-[560px] flex-col items-start gap-2 rounded-panel bg-danger-soft p-4">
      <h2 className="text-md font-semibold text-danger-text">{what}</h2>
      <p className="text-md">{error instanceof Error ? error.message : String(error)}</p>
      {known?.requestId != null && (
        <p className="text-sm text-text-2">
          {known.code} · request <code className="font-mono">{known.requestId}</code>
        </p>
      )}
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  )
}

/** In the final geometry, and not before 200 ms: what is there at once does not flash. */
export function Skeleton({ className = 'h-5 w-full' }: { readonly className?: string }) {
  return <div aria-hidden="true" className={`animate-appear rounded-mark bg-sunken ${className}`} />
}
