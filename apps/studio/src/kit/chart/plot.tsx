import { useEffect, useEffectEvent, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { positionsOf } from './chart-series'
import { plotColors, useScheme } from './plot-colors'
import { countsOnly, type Plotted, plotData, plotDomain, plotOptions } from './plot-options'

export interface PlotProps extends Omit<Plotted, 'isZoomable'> {
  readonly label: string
  /** Pixels. */
  readonly height: number
  /** Where the crosshair is: an index of x, or null. */
  onCursor(index: number | null): void
  readonly onZoom: ((from: number, to: number) => void) | undefined
  readonly onPoint: ((index: number) => void) | undefined
}

/** The drawing. It loads uPlot: see `Chart`, which does not until one is shown. */
export function Plot(props: PlotProps) {
  const { x, series, isStacked, marks, label, height, onZoom, onPoint } = props
  const host = useRef<HTMLDivElement>(null)
  const [plot, setPlot] = useState<uPlot | null>(null)
  /** The one on the page: until the next rendering, `plot` may be one of other series, which is destroyed. */
  const drawn = useRef<uPlot | null>(null)
  const scheme = useScheme()
  const isZoomable = onZoom !== undefined
  // Bars and texts are laid out by their x, which is why those are drawn anew; all else takes new values as it stands.
  const layout = JSON.stringify([
    ...[x.kind, isStacked, isZoomable, series.map(({ name, kind, color }) => [name, kind, color]), marks],
    countsOnly(series),
    series.some(({ kind }) => kind === 'bars') || x.kind === 'text' ? x.values : null,
  ])

  const open = useEffectEvent((element: HTMLDivElement) => {
    const options = plotOptions({ ...props, isZoomable }, plotColors(element))
    const u = new uPlot(
      {
        ...options,
        width: element.clientWidth,
        height,
        hooks: { ...options.hooks, setCursor: [onCursor], setSelect: [onSelect], ready: [onReady] },
      },
      plotData(props),
      element,
    )
    u.setScale('x', plotDomain(props))
    setPlot(u)
    return u
  })
  const onCursor = useEffectEvent((u: uPlot) => props.onCursor(u.cursor.idx ?? null))
  const onSelect = useEffectEvent((u: uPlot) => {
    const { left, width } = u.select
    if (width < 4) return
    onZoom?.(u.posToVal(left, 'x'), u.posToVal(left + width, 'x'))
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  })
  const onReady = useEffectEvent((u: uPlot) => {
    u.over.addEventListener('click', () => choose(u))
  })
  const choose = useEffectEvent((u: uPlot) => {
    if (typeof u.cursor.idx === 'number') onPoint?.(u.cursor.idx)
  })
  const show = useEffectEvent((u: uPlot) => {
    u.setData(plotData(props), false)
    u.setScale('x', plotDomain(props))
  })

  // biome-ignore lint/correctness/useExhaustiveDependencies: what it is drawn of: when one of them changes, it is drawn anew
  useEffect(() => {
    const element = host.current
    if (element === null) return
    const u = open(element)
    drawn.current = u
    const sized = new ResizeObserver(() => u.setSize({ width: element.clientWidth, height }))
    sized.observe(element)
    return () => {
      sized.disconnect()
      u.destroy()
      drawn.current = null
      setPlot(null)
    }
  }, [layout, height, scheme])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the values that it shows
  useEffect(() => {
    if (plot !== null && plot === drawn.current) show(plot)
  }, [plot, x, series])

  function move(step: number): void {
    if (plot === null) return
    const at = positionsOf(x)
    const index = Math.min(Math.max((plot.cursor.idx ?? (step > 0 ? -1 : at.length)) + step, 0), at.length - 1)
    const position = at[index]
    if (position !== undefined) plot.setCursor({ left: plot.valToPos(position, 'x'), top: plot.over.clientHeight / 2 })
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for inputs
    <div
      ref={host}
      role="group"
      aria-label={`${label}: plot. Arrow keys read its values${onPoint === undefined ? '' : ', Enter opens what is behind one'}.`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the crosshair is moved by keys
      tabIndex={0}
      className="w-full overflow-hidden rounded-control"
      style={{ height }}
      onKeyDown={(event) => {
        const step = STEPS[event.key]
        if (step !== undefined) {
          event.preventDefault()
          move(step)
        } else if (event.key === 'Enter' && plot !== null) choose(plot)
      }}
      onBlur={() => plot?.setCursor({ left: -10, top: -10 })}
    />
  )
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  PageUp: -10,
  PageDown: 10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}
