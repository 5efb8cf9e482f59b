import { Button } from '../kit/button'
import type { CopyState } from './use-grid-copy'

/** How far copying has come, where it takes more than a moment. */
export function CopyNotice({ state, onClose }: { readonly state: CopyState; readonly onClose: () => void }) {
  return (
    <div
      role={state.kind === 'failed' ? 'alert' : 'status'}
      className="absolute right-4 bottom-4 z-10 flex items-center gap-3 rounded-panel border border-line bg-raised px-3 py-2 shadow-float"
    >
      <span className={state.kind === 'failed' ? 'text-danger-text' : undefined}>{state.message}</span>
      <Button kind="quiet" onClick={state.cancel ?? onClose}>
        {state.kind === 'reading' ? 'Cancel' : 'Close'}
      </Button>
    </div>
  )
}
