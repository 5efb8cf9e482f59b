import { type Places, packInOrder } from './arrange'
import type { DiagramEdge, DiagramNode } from './diagram-model'

/** Later ones find little. */
const MAX_PASSES = 4

/**
 * The nodes in rows, those that refer to one another near each other: places are exchanged two by two for as long as that
 * makes the lines shorter, and shorter lines cross fewer others. The same schema always gets the same places.
 */
export function packConnected(nodes: readonly DiagramNode[], edges: readonly DiagramEdge[], ratio: number): Places {
  const start = byNeighbours(nodes, edges)
  const places = packInOrder(start, ratio)
  // A slot keeps its middle whoever stands there: heights differ little, and nothing is packed again for each exchange.
  const slots = start.map(({ name, width, height }) => {
    const { x, y } = places.get(name) ?? { x: 0, y: 0 }
    return { x: x + width / 2, y: y + height / 2 }
  })
  const neighbours = neighboursIn(start, edges)
  /** Which node stands in a slot, and in which slot a node stands. */
  const nodeAt = start.map((_, i) => i)
  const slotOf = start.map((_, i) => i)
  const lengthOf = (node: number) => {
    const own = slots[slotOf[node] ?? 0] ?? ORIGIN
    return (neighbours[node] ?? []).reduce((sum, other) => {
      const there = slots[slotOf[other] ?? 0] ?? ORIGIN
      return sum + Math.abs(own.x - there.x) + Math.abs(own.y - there.y)
    }, 0)
  }
  const exchange = (a: number, b: number) => {
    const [first = 0, second = 0] = [nodeAt[a], nodeAt[b]]
    nodeAt[a] = second
    nodeAt[b] = first
    slotOf[second] = a
    slotOf[first] = b
  }
  const isBetter = (a: number, b: number) => {
    const [first = 0, second = 0] = [nodeAt[a], nodeAt[b]]
    const before = lengthOf(first) + lengthOf(second)
    exchange(a, b)
    if (lengthOf(first) + lengthOf(second) < before - 1) return true
    exchange(a, b)
    return false
  }
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    let isChanged = false
    for (let a = 0; a < start.length; a++)
      for (let b = a + 1; b < start.length; b++) isChanged = isBetter(a, b) || isChanged
    if (!isChanged) break
  }
  return packInOrder(
    nodeAt.flatMap((node) => start[node] ?? []),
    ratio,
  )
}

const ORIGIN = { x: 0, y: 0 }

function neighboursIn(nodes: readonly DiagramNode[], edges: readonly DiagramEdge[]): readonly (readonly number[])[] {
  const index = new Map(nodes.map(({ name }, i) => [name, i]))
  const found: number[][] = nodes.map(() => [])
  for (const { from, to } of edges) {
    const [a, b] = [index.get(from), index.get(to)]
    if (a === undefined || b === undefined || a === b) continue
    found[a]?.push(b)
    found[b]?.push(a)
  }
  return found
}

/** Those that refer to one another one after the other. */
function byNeighbours(nodes: readonly DiagramNode[], edges: readonly DiagramEdge[]): readonly DiagramNode[] {
  const neighbours = neighboursIn(nodes, edges)
  const order = new Set<number>()
  const visit = (node: number) => {
    if (order.has(node)) return
    order.add(node)
    for (const other of neighbours[node] ?? []) visit(other)
  }
  for (const i of nodes.keys()) visit(i)
  return [...order].flatMap((i) => nodes[i] ?? [])
}
