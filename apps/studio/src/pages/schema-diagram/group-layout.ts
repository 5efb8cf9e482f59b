import { type Box, boxOf, type Places } from './arrange'
import type { DiagramEdge, DiagramModel, DiagramNode } from './diagram-model'
import { GROUP_HEAD, GROUP_PADDING } from './group-frame'
import { packConnected } from './pack-connected'

/** Wider than high, as names are. */
const RATIO = 1.6

/**
 * Places that keep the collections of a group together: each group is packed, and laid out among the others as one large node.
 * @param members the collections of each group
 */
export async function layOutGroups(
  model: DiagramModel,
  members: readonly (readonly string[])[],
  layOut: (model: DiagramModel) => Promise<Places>,
): Promise<Places> {
  const groups = members.map((names) => packGroup(model, new Set(names))).filter(({ places }) => places.size > 0)
  if (groups.length === 0) return layOut(model)
  const groupOf = new Map(groups.flatMap((group) => [...group.places.keys()].map((name) => [name, group] as const)))
  const outside = (name: string) => groupOf.get(name)?.node.name ?? name
  const edges = model.edges
    .map((edge): DiagramEdge => ({ ...edge, from: outside(edge.from), to: outside(edge.to) }))
    .filter(({ from, to }) => from !== to)
  const nodes = [...model.nodes.filter(({ name }) => !groupOf.has(name)), ...groups.map(({ node }) => node)]
  const placed = await layOut({ nodes, edges })
  return new Map(
    model.nodes.map(({ name }) => {
      const group = groupOf.get(name)
      const inner = group?.places.get(name)
      const outer = placed.get(outside(name)) ?? { x: 0, y: 0 }
      if (inner === undefined) return [name, outer] as const
      return [name, { x: outer.x + GROUP_PADDING + inner.x, y: outer.y + GROUP_HEAD + inner.y }] as const
    }),
  )
}

function packGroup(
  { nodes, edges }: DiagramModel,
  members: ReadonlySet<string>,
): { readonly node: DiagramNode; readonly places: Places } {
  const inside = nodes.filter(({ name }) => members.has(name))
  const places = packConnected(
    inside,
    edges.filter(({ from, to }) => members.has(from) && members.has(to)),
    RATIO,
  )
  const { width, height }: Box = boxOf(inside, places)
  // No collection has such a name.
  const name = `group of ${inside[0]?.name}`
  const size = { width: width + 2 * GROUP_PADDING, height: height + GROUP_HEAD + GROUP_PADDING }
  return { node: { name, fields: [], hidden: 0, ...size }, places }
}
