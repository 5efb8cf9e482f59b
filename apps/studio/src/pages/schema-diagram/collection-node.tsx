import type { Node, NodeProps } from '@xyflow/react'
import { KeyRound, Link2 } from 'lucide-react'
import { memo } from 'react'
import { classNames } from '../../kit/class-names'
import { type DiagramNode, HEAD_HEIGHT, ROW_HEIGHT } from './diagram-model'

export interface CollectionNodeData extends Record<string, unknown> {
  readonly node: DiagramNode
  /** Something else is searched for. */
  readonly isDimmed: boolean
  readonly isSought: boolean
  readonly onOpen: () => void
  readonly onFocus: () => void
}

export type CollectionFlowNode = Node<CollectionNodeData, 'collection'>

/** A collection: its name leads to its page. Where it stands is the library's: being moved is no reason to draw it again. */
export const CollectionNode = memo(
  CollectionBox,
  (before: NodeProps<CollectionFlowNode>, now: NodeProps<CollectionFlowNode>) =>
    before.data === now.data && before.selected === now.selected,
)

function CollectionBox({
  data: { node, isDimmed, isSought, onOpen, onFocus },
  selected,
}: NodeProps<CollectionFlowNode>) {
  return (
    <div
      className={classNames(
        'overflow-hidden rounded-panel border bg-raised text-sm',
        selected || isSought ? 'border-accent outline-2 outline-accent' : 'border-line',
        isDimmed && 'opacity-40',
      )}
      style={{ width: node.width, height: node.height }}
    >
      <div className="flex items-center gap-1 bg-sunken px-2" style={{ height: HEAD_HEIGHT }}>
        <button
          type="button"
          className="nodrag min-w-0 flex-1 truncate text-left font-semibold hover:underline"
          onClick={onOpen}
        >
          {node.name}
        </button>
        <button
          type="button"
          className="nodrag rounded-mark px-1 text-xs text-text-2 hover:bg-raised hover:text-text"
          onClick={onFocus}
          aria-label={`focus on ${node.name} and its neighbours`}
        >
          focus
        </button>
      </div>
      {node.fields.map(({ name, type, isKey, isReference }) => (
        <div key={name} className="flex items-center gap-1.5 px-2" style={{ height: ROW_HEIGHT }}>
          {isKey && <KeyRound aria-label="key" size={12} strokeWidth={1.5} className="flex-none text-text-3" />}
          {isReference && (
            <Link2 aria-label="reference" size={12} strokeWidth={1.5} className="flex-none text-text-3" />
          )}
          <span className={classNames('min-w-0 flex-1 truncate', isKey && 'font-medium')}>{name}</span>
          <span className="max-w-[90px] truncate text-text-3">{type}</span>
        </div>
      ))}
      {node.hidden > 0 && (
        <div className="flex items-center px-2 text-text-3" style={{ height: ROW_HEIGHT }}>
          {node.fields.length === 0 ? '' : '+ '}
          {node.hidden} {node.fields.length === 0 ? 'fields' : 'more'}
        </div>
      )}
    </div>
  )
}
