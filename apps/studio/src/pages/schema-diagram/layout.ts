import ELK, { type ElkNode } from 'elkjs/lib/elk-api'
import workerUrl from 'elkjs/lib/elk-worker.min.js?url'
import { aloneIn, type Box, boxOf, type Place, type Places, withAlone, zoomFor } from './arrange'
import type { DiagramModel } from './diagram-model'
import { packConnected } from './pack-connected'

/** Below this, names cannot be read: a layout without regard to references is better then. */
const MIN_ZOOM = 0.5

const LAYERED: readonly Readonly<Record<string, string>>[] = [
  { 'elk.direction': 'RIGHT' },
  { 'elk.direction': 'DOWN' },
  { 'elk.direction': 'RIGHT', 'elk.layered.wrapping.strategy': 'MULTI_EDGE' },
]
const COMMON: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  // Of the default, 7, large schemas wait four times as long, and see no difference.
  'elk.layered.thoroughness': '3',
  'elk.spacing.nodeNode': '36',
  'elk.layered.spacing.nodeNodeBetweenLayers': '72',
  'elk.spacing.componentComponent': '48',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
}

/** Places for all nodes, computed in a worker. The layout that is shown largest in the window is taken. */
export async function layOut(model: DiagramModel, window: Box): Promise<Places> {
  const alone = new Set(aloneIn(model).map(({ name }) => name))
  const nodes = model.nodes.filter(({ name }) => !alone.has(name))
  if (nodes.length === 0) return withAlone(model, new Map(), window)
  const start = performance.now()
  const elk = new ELK({ workerFactory: () => new Worker(workerUrl) })
  try {
    const ratio = window.width / window.height
    let best: Places = new Map()
    let zoom = 0
    for (const options of LAYERED) {
      const placed = await elk.layout({
        id: 'root',
        layoutOptions: { ...COMMON, ...options, 'elk.aspectRatio': String(ratio) },
        children: nodes.map(({ name, width, height }) => ({ id: name, width, height })),
        edges: model.edges
          .filter(({ from, to }) => from !== to)
          .map(({ id, from, to }) => ({ id, sources: [to], targets: [from] })),
      })
      const places = withAlone(model, placesOf(placed), window)
      const box = boxOf(model.nodes, places)
      const reached = zoomFor(box, window)
      if (reached > zoom) [best, zoom] = [places, reached]
      // Another direction is about this one turned: where neither comes near what can be read, no other is waited for.
      const turned = zoomFor({ width: box.height, height: box.width }, window)
      if (zoom >= 1 || Math.max(reached, turned) < MIN_ZOOM / 2) break
    }
    if (zoom >= MIN_ZOOM) return best
    const packed = withAlone(model, packConnected(nodes, model.edges, ratio), window)
    return zoomFor(boxOf(model.nodes, packed), window) > zoom ? packed : best
  } finally {
    elk.terminateWorker()
    // For the browser's tools: how long operators wait for a large schema.
    performance.measure('diagram layout', { start })
  }
}

function placesOf({ children = [] }: ElkNode): Places {
  return new Map(children.map(({ id, x = 0, y = 0 }): readonly [string, Place] => [id, { x, y }]))
}
