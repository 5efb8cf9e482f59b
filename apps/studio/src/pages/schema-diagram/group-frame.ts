import { type DiagramGroup, membersOf } from './diagram-groups'
import type { PlacedNode } from './edge-path'

export const GROUP_PADDING = 16
/** Room for the name above the collections. */
export const GROUP_HEAD = 36

/** The frame around the collections of a group. */
export interface GroupFrame {
  readonly name: string
  readonly color: number
  readonly members: readonly string[]
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** The frames of the groups that have collections here. */
export function framesOf(groups: readonly DiagramGroup[], nodes: readonly PlacedNode[]): readonly GroupFrame[] {
  const members = membersOf(
    groups,
    nodes.map(({ name }) => name),
  )
  return groups.flatMap(({ name, color }, i): readonly GroupFrame[] => {
    const own = new Set(members[i])
    const inside = nodes.filter((node) => own.has(node.name))
    if (inside.length === 0) return []
    const x = Math.min(...inside.map((node) => node.x)) - GROUP_PADDING
    const y = Math.min(...inside.map((node) => node.y)) - GROUP_HEAD
    const width = Math.max(...inside.map((node) => node.x + node.width)) + GROUP_PADDING - x
    const height = Math.max(...inside.map((node) => node.y + node.height)) + GROUP_PADDING - y
    return [{ name, color, members: [...own], x, y, width, height }]
  })
}
