import type { ErrorComponentProps } from '@tanstack/react-router'
import { Button } from '../kit/button'
import { EmptyState } from '../kit/states'
import { messageOf } from '../session/operator-session'

/** A page that has failed. What is around it goes on. */
export function BrokenPage({ error, reset }: ErrorComponentProps) {
  return (
    <EmptyState title="This page has failed">
      <p>{messageOf(error)}</p>
      <div className="flex gap-2">
        <Button onClick={reset}>Try again</Button>
        <Button kind="quiet" onClick={() => location.assign(location.pathname)}>
          Reset this view
        </Button>
      </div>
    </EmptyState>
  )
}
