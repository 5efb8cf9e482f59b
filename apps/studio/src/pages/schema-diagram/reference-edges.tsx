import { useNodes, ViewportPortal } from '@xyflow/react'
import { memo, useMemo } from 'react'
import { boxOf } from './arrange'
import type { CollectionFlowNode } from './collection-node'
import type { DiagramEdge } from './diagram-model'
import { type DrawnEdge, drawEdge } from './edge-path'

/** All references as one picture under the nodes: what a hundred edges of the library would cost, it does not. */
export const ReferenceEdges = memo(Edges)

function Edges({ edges }: { readonly edges: readonly DiagramEdge[] }) {
  const nodes = useNodes<CollectionFlowNode>()
  const drawn = useMemo(() => {
    const byName = new Map(nodes.map(({ id, position, data }) => [id, { ...data.node, ...position }]))
    return edges.flatMap((edge) => {
      const [from, to] = [byName.get(edge.from), byName.get(edge.to)]
      return from && to ? [{ edge, ...drawEdge(edge, from, to) }] : []
    })
  }, [nodes, edges])
  const box = boxOf(
    nodes.map(({ data }) => data.node),
    new Map(nodes.map(({ id, position }) => [id, position])),
  )
  return (
    <ViewportPortal>
      <svg
        aria-hidden="true"
        width={Math.max(1, box.width)}
        height={Math.max(1, box.height)}
        className="pointer-events-none absolute top-0 left-0 -z-10 overflow-visible"
      >
        {drawn.map((one) => (
          <ReferenceLine key={one.edge.id} {...one} />
        ))}
      </svg>
    </ViewportPortal>
  )
}

/** While a collection is dragged, only its own lines are drawn again: the line says all that the signs depend on. */
const ReferenceLine = memo(
  ({ line, signs, circles }: DrawnEdge & { readonly edge: DiagramEdge }) => (
    <g className="fill-none stroke-control" strokeWidth={1.25}>
      <path d={line} />
      <path d={signs} />
      {circles.map(({ x, y }) => (
        <circle key={`${x},${y}`} cx={x} cy={y} r={4} className="fill-canvas" />
      ))}
    </g>
  ),
  (before, now) => before.edge === now.edge && before.line === now.line,
)
