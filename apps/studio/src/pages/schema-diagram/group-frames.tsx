import { useNodes, useStore, ViewportPortal } from '@xyflow/react'
import { memo, useMemo } from 'react'
import type { CollectionFlowNode } from './collection-node'
import type { DiagramGroup } from './diagram-groups'
import { framesOf, GROUP_HEAD } from './group-frame'

/** The groups as frames under the collections. A name selects what is inside: then it can be dragged as one. */
export const GroupFrames = memo(Frames)

interface GroupFramesProps {
  readonly groups: readonly DiagramGroup[]
  readonly onSelect: (collections: readonly string[]) => void
}

function Frames({ groups, onSelect }: GroupFramesProps) {
  const nodes = useNodes<CollectionFlowNode>()
  const size = useStore(({ transform: [, , zoom] }) => nameSize(zoom))
  const frames = useMemo(
    () =>
      framesOf(
        groups,
        nodes.map(({ position, data }) => ({ ...data.node, ...position })),
      ),
    [groups, nodes],
  )
  return (
    <ViewportPortal>
      {frames.map(({ name, color, members, x, y, width, height }) => (
        <div
          key={members.join(' ')}
          className="pointer-events-none absolute top-0 left-0 -z-20 rounded-panel border-dashed"
          style={{
            width,
            height,
            transform: `translate(${x}px, ${y}px)`,
            borderColor: `var(--color-chart-${color})`,
            borderWidth: size / 7,
          }}
        >
          <button
            type="button"
            aria-label={`Select the collections of ${name}`}
            className="nodrag nopan pointer-events-auto absolute left-0 max-w-full truncate px-2 text-left font-semibold hover:underline"
            style={{
              bottom: `calc(100% - ${GROUP_HEAD - 12}px)`,
              color: `var(--color-chart-${color})`,
              fontSize: size,
              lineHeight: 1.2,
            }}
            onClick={() => onSelect(members)}
          >
            {name}
          </button>
        </div>
      ))}
    </ViewportPortal>
  )
}

const NAME_SIZE = 14
/** The gap above a frame has no room for more. */
const MAX_NAME_SIZE = 42

/** In pixels of the diagram: where it is small, names of groups are what can still be read. In steps, so that few zooms draw them anew. */
function nameSize(zoom: number): number {
  return Math.min(MAX_NAME_SIZE, Math.max(NAME_SIZE, Math.round(NAME_SIZE / zoom / 7) * 7))
}
