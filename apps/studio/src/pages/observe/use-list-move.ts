import { type KeyboardEvent, type RefObject, useRef } from 'react'
import { useListedKeys } from '../../shell/keyboard'

export interface ListMoveOptions {
  /** Of the entries that are shown, in order. */
  readonly ids: readonly string[]
  /** Whose details are open. */
  readonly open: string | undefined
  select(id: string | undefined): void
}

export interface ListMove {
  /** Of what has the entries, each with `data-id` and a link in it. */
  readonly ref: RefObject<HTMLDivElement | null>
  readonly onKeyDown: (event: KeyboardEvent) => void
}

const LISTED = ['listMove'] as const

/** ↑ and ↓ open the entry before and after, in the list and in the panel beside it; Esc closes it. */
export function useListMove({ ids, open, select }: ListMoveOptions): ListMove {
  const ref = useRef<HTMLDivElement>(null)
  useListedKeys(LISTED)
  return {
    ref,
    onKeyDown(event) {
      if (event.key === 'Escape' && open !== undefined) select(undefined)
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
      if (step === 0) return
      const at = open === undefined ? -1 : ids.indexOf(open)
      const next = ids[at === -1 ? 0 : Math.min(Math.max(at + step, 0), ids.length - 1)]
      if (next === undefined) return
      event.preventDefault()
      select(next)
      ref.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(next)}"] a`)?.focus()
    },
  }
}
