import type { ReactNode } from 'react'
import { Button } from '../../kit/button'

export interface LiveListHeadProps {
  readonly title: string
  /** Whether the list would go on by itself if nobody stopped it. */
  readonly isLive: boolean
  readonly isStopped: boolean
  /** Entries that have come since it was stopped, of which at most `page` are known. */
  readonly fresh: number
  readonly page: number
  /** At its right. */
  readonly actions?: ReactNode
  readonly onCatchUp: () => void
  /** Stops it, or lets it go on. Undefined where that has no meaning. */
  readonly onPause: (() => void) | undefined
}

/** The title of a list that goes on by itself, and what stops it. */
export function LiveListHead({
  title,
  isLive,
  isStopped,
  fresh,
  page,
  actions,
  onCatchUp,
  onPause,
}: LiveListHeadProps) {
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-3">
      <h1 className="text-title font-semibold">{title}</h1>
      <span role="status" className="text-text-2">
        {!isLive ? '' : !isStopped ? 'Live' : fresh > 0 ? '' : 'List paused'}
      </span>
      {isStopped && fresh > 0 && <Button onClick={onCatchUp}>{fresh >= page ? `${page}+` : fresh} new</Button>}
      <span className="flex-1" />
      {onPause !== undefined && (
        <Button kind="quiet" aria-pressed={isStopped} onClick={onPause}>
          {isStopped ? 'Resume list' : 'Pause list'}
        </Button>
      )}
      {actions}
    </div>
  )
}
