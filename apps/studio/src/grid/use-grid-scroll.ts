import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { RowRange } from './grid-source'
import {
  clampTop,
  isScaled,
  rowsAt,
  type ScrollMap,
  scrollMap,
  scrollOf,
  topAfterScroll,
  topToShow,
} from './scroll-map'

/** Rows above and below the screen that are rendered too. */
const OVERSCAN = 4
/** Rows are placed from a row near by: an offset of millions of px would be rounded. */
const BASE_STEP = 4_096

export interface GridView extends RowRange {
  /** The row that the offsets of all rows count from. */
  readonly base: number
  readonly scrollLeft: number
  readonly width: number
  readonly height: number
}

export interface GridScroll {
  /** Rows that are rendered at most. */
  readonly slots: number
  readonly view: GridView
  readonly map: ScrollMap
  /** px of the rows that are above the screen. */
  readonly top: RefObject<number>
  /** The rows that can be seen, and no others. */
  visible(): RowRange
  scrollTo(top: number): void
  scrollToRow(position: number): void
  scrollToSpan(span: { readonly left: number; readonly right: number }): void
}

export interface GridScrollOptions {
  readonly scroller: RefObject<HTMLDivElement | null>
  /** What moves with the rows. */
  readonly body: RefObject<HTMLDivElement | null>
  readonly rows: number
  readonly rowHeight: number
  readonly headHeight: number
  /** px at the left that the columns are below of. */
  readonly frozen: number
  readonly start: number
}

/**
 * The rows on the screen. The element that scrolls only makes the scrollbars: the rows stand in a layer that stays where it is, and are moved in
 * it, so that they can be further apart than an element can be high, and nothing is blank before it is rendered.
 */
export function useGridScroll(options: GridScrollOptions): GridScroll {
  const { scroller, body, rows, rowHeight, headHeight, start } = options
  const top = useRef(start)
  const scroll = useRef(0)
  const [size, setSize] = useState({ width: 0, height: 0 })
  const [view, setView] = useState<GridView>({ first: 0, last: 0, base: 0, scrollLeft: 0, width: 0, height: 0 })
  const map = scrollMap(rows, rowHeight, Math.max(0, size.height - headHeight))
  const latest = useRef({ map, options })
  latest.current = { map, options }

  const show = useCallback(() => {
    const { map, options } = latest.current
    const { first, last } = rowsAt(map, top.current, options.rowHeight)
    const base = Math.floor(first / BASE_STEP) * BASE_STEP
    if (body.current) body.current.style.transform = `translateY(${base * options.rowHeight - top.current}px)`
    const { scrollLeft = 0, clientWidth = 0, clientHeight = 0 } = scroller.current ?? {}
    setView((before) => {
      const next = { first, last, base, scrollLeft, width: clientWidth, height: clientHeight }
      return sameView(before, next) ? before : next
    })
  }, [body, scroller])

  const scrollTo = useCallback(
    (to: number) => {
      const { map } = latest.current
      top.current = clampTop(map, to)
      const wanted = scrollOf(map, top.current)
      if (scroller.current) {
        scroller.current.scrollTop = wanted
        scroll.current = scroller.current.scrollTop
      }
      show()
    },
    [scroller, show],
  )

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [scroller])

  // Another height, or other rows: what was shown stays, as far as it is still there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it depends on the numbers, not on the functions
  useLayoutEffect(() => {
    if (size.height > 0 && rows > 0) scrollTo(top.current)
    else show()
  }, [rows, rowHeight, size.width, size.height])

  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    const onScroll = () => {
      const { map } = latest.current
      const to = element.scrollTop
      if (Math.abs(to - scroll.current) >= 1) {
        top.current = topAfterScroll(map, top.current, { from: scroll.current, to })
        scroll.current = to
      }
      flushSync(show)
    }
    // A finger moves the rows by as much as itself, so the thumb is behind: put right when it rests.
    const onEnd = () => {
      const { map } = latest.current
      if (isScaled(map) && Math.abs(scrollOf(map, top.current) - scroll.current) > 1) scrollTo(top.current)
    }
    const onWheel = (event: WheelEvent) => {
      const { map, options } = latest.current
      if (!isScaled(map) || event.ctrlKey || event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return
      event.preventDefault()
      const unit = [1, options.rowHeight, map.viewport][event.deltaMode] ?? 1
      flushSync(() => scrollTo(top.current + event.deltaY * unit))
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    element.addEventListener('scrollend', onEnd)
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => {
      element.removeEventListener('scroll', onScroll)
      element.removeEventListener('scrollend', onEnd)
      element.removeEventListener('wheel', onWheel)
    }
  }, [scroller, scrollTo, show])

  return {
    view: { ...view, first: Math.max(0, view.first - OVERSCAN), last: Math.min(rows - 1, view.last + OVERSCAN) },
    slots: Math.ceil(map.viewport / rowHeight) + 1 + 2 * OVERSCAN,
    map,
    top,
    visible: () => rowsAt(latest.current.map, top.current, rowHeight),
    scrollTo,
    scrollToRow(position) {
      const to = topToShow(latest.current.map, top.current, { position, height: rowHeight })
      if (to !== top.current) scrollTo(to)
    },
    scrollToSpan({ left, right }) {
      const element = scroller.current
      if (element === null) return
      const { frozen } = latest.current.options
      if (left < element.scrollLeft + frozen) element.scrollLeft = left - frozen
      else if (right > element.scrollLeft + element.clientWidth) element.scrollLeft = right - element.clientWidth
    },
  }
}

function sameView(one: GridView, other: GridView): boolean {
  return (Object.keys(one) as (keyof GridView)[]).every((key) => one[key] === other[key])
}
