import {
  Controls,
  type FitViewOptions,
  type NodeChange,
  ReactFlow,
  ReactFlowProvider,
  useNodesState,
  useReactFlow,
} from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Button } from '../../kit/button'
import { Skeleton } from '../../kit/states'
import { INPUT } from '../../kit/text-field'
import { useToast } from '../../kit/toast'
import { messageOf } from '../../session/operator-session'
import { useKeys } from '../../shell/keyboard'
import { type Places, withAlone } from './arrange'
import { type CollectionFlowNode, CollectionNode } from './collection-node'
import { type DiagramGroup, membersOf } from './diagram-groups'
import { DiagramLegend } from './diagram-legend'
import type { DiagramModel } from './diagram-model'
import { diagramSvg } from './diagram-svg'
import { framesOf } from './group-frame'
import { GroupFrames } from './group-frames'
import { layOutGroups } from './group-layout'
import { GroupsPanel } from './groups-panel'
import { KEPT_GROUPS, KEPT_PLACES } from './kept-items'
import { layOut } from './layout'
import { ReferenceEdges } from './reference-edges'
import { currentColors, saveFile, toPng } from './save-picture'
import { useKeptItem } from './use-kept-item'

const NODE_TYPES = { collection: CollectionNode }

/** So many collections are drawn once, and panning only moves them; of more, those in view are drawn as they come. */
const ALL_DRAWN = 200
/** Below the nodes is room for the controls, which would cover them otherwise. */
const CONTROLS_ROOM = 48
const MARGIN = 16
const FIT: FitViewOptions<CollectionFlowNode> = {
  padding: { top: `${MARGIN}px`, right: `${MARGIN}px`, bottom: `${CONTROLS_ROOM}px`, left: `${MARGIN}px` },
  maxZoom: 1,
}

// Made once: what is new at each render, the library hands on to all nodes.
const NO_EDGES: [] = []
const NO_GROUPS: readonly DiagramGroup[] = []
const HIDDEN_ATTRIBUTION = { hideAttribution: true }
const ARIA_LABELS = {
  'node.a11yDescription.default':
    'Press Enter to select the collection, the arrow keys to move it. The list has the same in words.',
}

export interface DiagramViewProps {
  readonly diagram: DiagramModel
  /** All collections: where these are put is kept. */
  readonly isWhole: boolean
}

export function DiagramView(props: DiagramViewProps) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  )
}

function Flow({ diagram, isWhole }: DiagramViewProps) {
  const keptPlaces = useKeptItem(KEPT_PLACES)
  const keptGroups = useKeptItem(KEPT_GROUPS)
  const groups = keptGroups.value ?? NO_GROUPS
  const flow = useReactFlow<CollectionFlowNode>()
  const navigate = useNavigate({ from: '/schema/diagram' })
  const { panel } = useSearch({ from: '/shell/schema/diagram' })
  const toast = useToast()
  const frame = useRef<HTMLDivElement>(null)
  const search = useRef<HTMLInputElement>(null)
  const [computed, setComputed] = useState<Places | null>(null)
  const [sought, setSought] = useState('')
  const [nodes, setNodes, onNodesChange] = useNodesState<CollectionFlowNode>([])
  useKeys({ search: () => search.current?.focus() })
  const names = useMemo(() => diagram.nodes.map(({ name }) => name), [diagram])
  // Other fields of the same collections are no reason to move anything.
  const shape = useMemo(
    () =>
      keptGroups.value &&
      JSON.stringify([
        diagram.nodes.map(({ name, height }) => [name, height]),
        diagram.edges.map(({ id, to }) => [id, to]),
        membersOf(keptGroups.value, names),
      ]),
    [diagram, names, keptGroups.value],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape stands for the diagram
  useEffect(() => {
    if (shape === undefined) return
    const { clientWidth = 1200, clientHeight = 700 } = frame.current ?? {}
    const window = {
      width: Math.max(320, clientWidth - 2 * MARGIN),
      height: Math.max(320, clientHeight - MARGIN - CONTROLS_ROOM),
    }
    let isCurrent = true
    layOutGroups(diagram, membersOf(groups, names), (model) => layOut(model, window))
      .catch(() => withAlone({ nodes: diagram.nodes, edges: [] }, new Map(), window))
      .then((places) => isCurrent && setComputed(places))
    return () => {
      isCurrent = false
    }
  }, [shape])
  const places = useMemo(() => {
    if (computed === null || keptPlaces.value === undefined) return null
    return isWhole ? new Map([...computed, ...keptPlaces.value]) : computed
  }, [computed, keptPlaces.value, isWhole])
  const text = sought.trim().toLowerCase()
  const isFound = (name: string) => text !== '' && name.includes(text)
  useEffect(() => {
    if (places === null) return
    setNodes((known) => {
      const selected = new Set(known.filter((node) => node.selected).map(({ id }) => id))
      return diagram.nodes.map((node): CollectionFlowNode => {
        const { name, width, height } = node
        const found = text !== '' && name.includes(text)
        return {
          ...{
            id: name,
            type: 'collection',
            position: places.get(name) ?? { x: 0, y: 0 },
            selected: selected.has(name),
          },
          ...{ width, height, ariaLabel: `Collection ${name}` },
          data: {
            ...{ node, isSought: found, isDimmed: text !== '' && !found },
            onOpen: () => void navigate({ to: '/schema/$collection', params: { collection: name } }),
            onFocus: () => void navigate({ search: { focus: name } }),
          },
        }
      })
    })
  }, [places, diagram, text, setNodes, navigate])
  const isPlaced = places !== null
  /** Set where everything is about to move: then it is shown as a whole. */
  const moves = useRef(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another layout is the reason
  useEffect(() => {
    if (!moves.current) return
    moves.current = false
    requestAnimationFrame(() => void flow.fitView(FIT))
  }, [computed, flow])
  useEffect(() => {
    if (isPlaced) requestAnimationFrame(() => void flow.fitView(FIT))
  }, [isPlaced, flow])
  const keepMoved = (changes: readonly NodeChange<CollectionFlowNode>[]) => {
    const isDone = changes.some((change) => change.type === 'position' && change.dragging === false)
    if (isDone && isWhole) keptPlaces.keep(new Map(flow.getNodes().map(({ id, position }) => [id, position])))
  }
  const regroups = (next: readonly DiagramGroup[]) =>
    JSON.stringify(membersOf(next, names)) !== JSON.stringify(membersOf(groups, names))
  const arrange = () => {
    keptPlaces.forget()
    requestAnimationFrame(() => void flow.fitView(FIT))
  }
  const select = useCallback(
    (chosen: readonly string[]) =>
      setNodes((known) => known.map((node) => ({ ...node, selected: chosen.includes(node.id) }))),
    [setNodes],
  )
  const find = () => {
    const found = diagram.nodes.filter(({ name }) => isFound(name)).map(({ name }) => ({ id: name }))
    if (found.length > 0) void flow.fitView({ nodes: found, maxZoom: 1, padding: 0.3, duration: 180 })
  }
  const picture = () => {
    const all = flow.getNodes()
    const chosen = all.some(({ selected }) => selected) ? all.filter(({ selected }) => selected) : all
    const placed = chosen.map(({ data, position }) => ({ ...data.node, ...position }))
    return diagramSvg({ nodes: placed, edges: diagram.edges, frames: framesOf(groups, placed) }, currentColors())
  }
  const save = async (kind: 'svg' | 'png') => {
    try {
      const drawn = picture()
      const content = kind === 'svg' ? new Blob([drawn.text], { type: 'image/svg+xml' }) : await toPng(drawn)
      saveFile(content, `schema.${kind}`)
    } catch (error) {
      toast({ kind: 'error', title: 'Picture not saved', description: messageOf(error) })
    }
  }
  return (
    <div className="flex h-full min-h-[320px] w-full flex-col">
      <div className="flex flex-none flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <input
          ref={search}
          type="search"
          aria-label="Find a collection"
          placeholder="Find a collection"
          value={sought}
          onChange={({ target }) => setSought(target.value)}
          onKeyDown={(event) => event.key === 'Enter' && find()}
          className={`${INPUT} max-w-[200px]`}
        />
        <Button onClick={() => void save('svg')}>SVG</Button>
        <Button onClick={() => void save('png')}>PNG</Button>
        {isWhole && (
          <Button
            reason={keptPlaces.value === undefined || keptPlaces.value.size === 0 ? 'Nothing was moved.' : null}
            onClick={arrange}
          >
            Arrange again
          </Button>
        )}
        <span className="flex-1" />
        {(['groups', 'legend'] as const).map((one) => (
          <Button
            key={one}
            aria-expanded={panel === one}
            onClick={() =>
              void navigate({
                search: ({ panel: open, ...known }) => (open === one ? known : { ...known, panel: one }),
                replace: true,
              })
            }
          >
            {one === 'groups' ? 'Groups' : 'Legend'}
          </Button>
        ))}
        {panel === 'legend' && <DiagramLegend />}
        {panel === 'groups' && (
          <GroupsPanel
            groups={groups}
            names={names}
            selected={nodes.filter(({ selected }) => selected).map(({ id }) => id)}
            onChange={(next) => {
              // Names and colours move nothing; where somebody has moved collections, groups do not either.
              moves.current = regroups(next) && (!isWhole || keptPlaces.value?.size === 0)
              keptGroups.keep(next)
            }}
            onArrange={(next) => {
              moves.current = regroups(next)
              keptGroups.keep(next)
              arrange()
            }}
          />
        )}
      </div>
      <div ref={frame} className="relative min-h-0 flex-1">
        {!isPlaced && <Skeleton className="absolute inset-4" />}
        <ReactFlow<CollectionFlowNode>
          nodes={nodes}
          edges={NO_EDGES}
          nodeTypes={NODE_TYPES}
          onNodesChange={(changes) => {
            onNodesChange(changes)
            keepMoved(changes)
          }}
          minZoom={0.1}
          maxZoom={2}
          onlyRenderVisibleElements={nodes.length > ALL_DRAWN}
          nodesConnectable={false}
          deleteKeyCode={null}
          proOptions={HIDDEN_ATTRIBUTION}
          ariaLabelConfig={ARIA_LABELS}
        >
          <GroupFrames groups={groups} onSelect={select} />
          <ReferenceEdges edges={diagram.edges} />
          <Controls
            orientation="horizontal"
            showInteractive={false}
            fitViewOptions={FIT}
            className="overflow-hidden rounded-control border border-line bg-raised"
          />
        </ReactFlow>
      </div>
    </div>
  )
}
