import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react'

export interface SplitProps {
  /** What is moved: "Height of the editor". */
  readonly label: string
  readonly above: ReactNode
  readonly below: ReactNode
  /** Percent of the height that the part above has, as long as nobody chooses. */
  readonly initial: number
  /** What somebody has chosen before. */
  readonly chosen: number
  /** Is given what they choose now. */
  readonly onChoose: (percent: number) => void
}

/** Neither part disappears. */
const [MIN, MAX] = [15, 80] as const
/** Of an arrow key. */
const STEP = 2

/** Two parts, one above the other; the line between them is moved with the pointer or with arrow keys, and goes back on a double click. */
export function Split({ label, above, below, initial, chosen, onChoose }: SplitProps) {
  const frame = useRef<HTMLDivElement>(null)
  const [percent, setPercent] = useState(() => within(chosen))

  function choose(next: number): void {
    setPercent(within(next))
    onChoose(within(next))
  }
  function onPointerMove({ buttons, clientY, currentTarget, pointerId }: PointerEvent): void {
    const box = frame.current?.getBoundingClientRect()
    if (buttons !== 1 || box === undefined || !currentTarget.hasPointerCapture(pointerId)) return
    setPercent(within(((clientY - box.top) / box.height) * 100))
  }
  function onKeyDown(event: KeyboardEvent): void {
    const next = { ArrowUp: percent - STEP, ArrowDown: percent + STEP, Home: MIN, End: MAX }[event.key]
    if (next === undefined) return
    event.preventDefault()
    choose(next)
  }
  return (
    <div ref={frame} className="flex min-h-0 flex-1 flex-col">
      <div className="min-h-0 flex-none" style={{ height: `${percent}%` }}>
        {above}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: an <hr> cannot be moved */}
      <div
        role="separator"
        aria-orientation="horizontal"
        aria-label={label}
        aria-valuemin={MIN}
        aria-valuemax={MAX}
        aria-valuenow={Math.round(percent)}
        tabIndex={0}
        title="Drag, or press ↑ and ↓"
        onKeyDown={onKeyDown}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={onPointerMove}
        onLostPointerCapture={() => onChoose(within(percent))}
        onDoubleClick={() => choose(initial)}
        className="group relative z-10 -my-1 h-[9px] flex-none cursor-row-resize touch-none outline-none max-sm:-my-2 max-sm:h-[17px]"
      >
        <span className="absolute inset-x-0 top-1/2 h-px -translate-y-1/2 bg-line transition-colors duration-[80ms] group-hover:h-[3px] group-hover:bg-accent group-focus-visible:h-[3px] group-focus-visible:bg-focus group-active:h-[3px] group-active:bg-accent" />
      </div>
      <div className="min-h-0 flex-1">{below}</div>
    </div>
  )
}

function within(percent: number): number {
  return Math.min(MAX, Math.max(MIN, percent))
}
