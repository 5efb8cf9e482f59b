import type { DiagramModel, DiagramNode } from './diagram-model'

export interface Place {
  readonly x: number
  readonly y: number
}

export type Places = ReadonlyMap<string, Place>

export interface Box {
  readonly width: number
  readonly height: number
}

const GAP = 40

/** Those without any reference: they are packed beside the others, where a layout of references would string them out. */
export function aloneIn({ nodes, edges }: DiagramModel): readonly DiagramNode[] {
  const connected = new Set(edges.flatMap(({ from, to }) => (from === to ? [] : [from, to])))
  return nodes.filter(({ name }) => !connected.has(name))
}

/** The nodes in rows of about the same height, in a shape like that of the window. */
export function packInRows(nodes: readonly DiagramNode[], ratio: number): Places {
  return packInOrder(
    nodes.toSorted((a, b) => b.height - a.height),
    ratio,
  )
}

/** The nodes in rows, in their order. */
export function packInOrder(nodes: readonly DiagramNode[], ratio: number): Places {
  const area = nodes.reduce((sum, { width, height }) => sum + (width + GAP) * (height + GAP), 0)
  const rowWidth = Math.max(nodes[0]?.width ?? 0, Math.sqrt(area * ratio))
  const places = new Map<string, Place>()
  let [x, y, rowHeight] = [0, 0, 0]
  for (const { name, width, height } of nodes) {
    if (x > 0 && x + width > rowWidth) {
      x = 0
      y += rowHeight + GAP
      rowHeight = 0
    }
    places.set(name, { x, y })
    x += width + GAP
    rowHeight = Math.max(rowHeight, height)
  }
  return places
}

/** The right lower corner of what is placed; places begin at 0. */
export function boxOf(nodes: readonly DiagramNode[], places: Places): Box {
  let [width, height] = [0, 0]
  for (const node of nodes) {
    const place = places.get(node.name)
    if (place === undefined) continue
    width = Math.max(width, place.x + node.width)
    height = Math.max(height, place.y + node.height)
  }
  return { width, height }
}

/** How large a box can be shown in a window. */
export function zoomFor(box: Box, window: Box): number {
  return Math.min(window.width / Math.max(1, box.width), window.height / Math.max(1, box.height))
}

/** The connected ones with the others below or beside them, whichever is shown larger. */
export function withAlone(model: DiagramModel, connected: Places, window: Box): Places {
  const alone = aloneIn(model)
  if (alone.length === 0) return connected
  const main = boxOf(model.nodes, connected)
  const isEmpty = main.width === 0
  const candidates = [below, beside].flatMap((put) =>
    [0.25, 0.5, 1, 2, 4, 8, 16].map((ratio) => put(connected, packInRows(alone, ratio), isEmpty ? null : main)),
  )
  const [best = connected] = candidates.toSorted(
    (a, b) => zoomFor(boxOf(model.nodes, b), window) - zoomFor(boxOf(model.nodes, a), window),
  )
  return best
}

function below(connected: Places, alone: Places, main: Box | null): Places {
  return merged(connected, alone, { x: 0, y: main === null ? 0 : main.height + 2 * GAP })
}

function beside(connected: Places, alone: Places, main: Box | null): Places {
  return merged(connected, alone, { x: main === null ? 0 : main.width + 2 * GAP, y: 0 })
}

function merged(connected: Places, alone: Places, by: Place): Places {
  return new Map([...connected, ...[...alone].map(([name, { x, y }]) => [name, { x: x + by.x, y: y + by.y }] as const)])
}
