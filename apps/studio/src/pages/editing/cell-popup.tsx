import { type ReactNode, type RefObject, useLayoutEffect, useState } from 'react'
import { createPortal } from 'react-dom'

interface Place {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly isAbove: boolean
}

/** px that a list takes at most. */
const MOST = 280

export interface CellPopupProps {
  readonly anchor: RefObject<HTMLElement | null>
  readonly children: ReactNode
}

/** Below a cell that is edited, or above it: out of the grid, which would cut it off. */
export function CellPopup({ anchor, children }: CellPopupProps) {
  const [place, setPlace] = useState<Place | null>(null)
  useLayoutEffect(() => {
    const box = anchor.current?.getBoundingClientRect()
    if (box === undefined) return
    const isAbove = box.bottom + MOST > innerHeight && box.top > innerHeight - box.bottom
    const width = Math.max(box.width, 220)
    setPlace({ left: Math.min(box.left, innerWidth - width - 8), top: isAbove ? box.top : box.bottom, width, isAbove })
  }, [anchor])
  if (place === null) return null
  const { left, top, width, isAbove } = place
  return createPortal(
    <div
      style={{ left, top: isAbove ? undefined : top + 2, bottom: isAbove ? innerHeight - top + 2 : undefined, width }}
      className="fixed z-30 flex max-h-[280px] flex-col overflow-hidden rounded-panel border border-line bg-raised shadow-float"
    >
      {children}
    </div>,
    document.body,
  )
}
