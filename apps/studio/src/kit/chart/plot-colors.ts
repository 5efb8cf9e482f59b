import { useSyncExternalStore } from 'react'
import type { ChartColor } from './chart-series'

/** The tokens as a canvas takes them: it knows no `light-dark()`. */
export interface PlotColors {
  readonly text: string
  readonly line: string
  readonly canvas: string
  readonly series: Readonly<Record<ChartColor, string>>
}

/** As `host` shows them now. */
export function plotColors(host: HTMLElement): PlotColors {
  const probe = document.createElement('span')
  host.append(probe)
  const color = (token: string) => {
    probe.style.color = `var(--color-${token})`
    return getComputedStyle(probe).color
  }
  const found: PlotColors = {
    ...{ text: color('text-2'), line: color('line'), canvas: color('canvas') },
    series: {
      ...{ 1: color('chart-1'), 2: color('chart-2'), 3: color('chart-3') },
      ...{ 4: color('chart-4'), 5: color('chart-5'), 6: color('chart-6') },
    },
  }
  probe.remove()
  return found
}

/** Dark or light, now: what is drawn is drawn again when it changes. */
export function useScheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, current)
}

const DARK = '(prefers-color-scheme: dark)'

function current(): 'light' | 'dark' {
  const { scheme } = document.documentElement.dataset
  if (scheme === 'light' || scheme === 'dark') return scheme
  return matchMedia(DARK).matches ? 'dark' : 'light'
}

function subscribe(onChange: () => void): () => void {
  const system = matchMedia(DARK)
  system.addEventListener('change', onChange)
  const chosen = new MutationObserver(onChange)
  chosen.observe(document.documentElement, { attributeFilter: ['data-scheme'] })
  return () => {
    system.removeEventListener('change', onChange)
    chosen.disconnect()
  }
}
