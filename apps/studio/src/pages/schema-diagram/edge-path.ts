import type { Place } from './arrange'
import { type DiagramEdge, type DiagramNode, rowMiddle } from './diagram-model'

export interface PlacedNode extends DiagramNode, Place {}

/** Room for the crow's foot at each end. */
const FOOT = 14

export interface DrawnEdge {
  /** SVG path of the line. */
  readonly line: string
  /** SVG path of the signs at both ends. */
  readonly signs: string
  /** Centre of the circle that says "or none", where there is one. */
  readonly circles: readonly Place[]
}

/** A reference as a line between two nodes, with crow's feet: from the field to the collection that it refers to. */
export function drawEdge(edge: DiagramEdge, from: PlacedNode, to: PlacedNode): DrawnEdge {
  const start = { y: from.y + rowMiddle(from, edge.field), ...side(from, to) }
  const end = { y: to.y + rowMiddle(to, edge.toField), ...side(to, from) }
  const bend = from.name === to.name ? 60 : Math.max(40, Math.abs(end.x - start.x) / 2)
  const [a, b] = [start.x + start.out * FOOT, end.x + end.out * FOOT]
  const line = `M${start.x},${start.y} L${a},${start.y} C${a + start.out * bend},${start.y} ${b + end.out * bend},${end.y} ${b},${end.y} L${end.x},${end.y}`
  return {
    line,
    signs: [edge.many ? manySign(start) : oneSign(start), oneSign(end)].join(' '),
    circles: [
      // None, one or many may refer to a document; a document refers to none where the field may be null.
      { x: start.x + start.out * (FOOT + 4), y: start.y },
      ...(edge.optional ? [{ x: end.x + end.out * (FOOT + 4), y: end.y }] : []),
    ],
  }
}

interface End extends Place {
  /** Where the line leaves: to the right or to the left. */
  readonly out: 1 | -1
}

function side(node: PlacedNode, other: PlacedNode): { readonly x: number; readonly out: 1 | -1 } {
  const isRight = node.name === other.name || other.x + other.width / 2 >= node.x + node.width / 2
  return isRight ? { x: node.x + node.width, out: 1 } : { x: node.x, out: -1 }
}

/** Three toes at the node. */
function manySign({ x, y, out }: End): string {
  const tip = x + out * FOOT
  return `M${tip},${y} L${x},${y - 6} M${tip},${y} L${x},${y + 6}`
}

/** A bar across the line. */
function oneSign({ x, y, out }: End): string {
  const at = x + out * (FOOT - 6)
  return `M${at},${y - 6} L${at},${y + 6}`
}
