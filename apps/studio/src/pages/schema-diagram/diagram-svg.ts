import { type DiagramEdge, HEAD_HEIGHT, ROW_HEIGHT } from './diagram-model'
import { drawEdge, type PlacedNode } from './edge-path'
import type { GroupFrame } from './group-frame'

export interface SvgColors {
  readonly background: string
  readonly node: string
  readonly head: string
  readonly line: string
  readonly text: string
  readonly muted: string
  readonly edge: string
  /** Of groups, the first colour first. */
  readonly groups: readonly string[]
}

export interface PlacedDiagram {
  readonly nodes: readonly PlacedNode[]
  readonly edges: readonly DiagramEdge[]
  readonly frames: readonly GroupFrame[]
}

const MARGIN = 24
/** Names that anybody has: nothing is loaded. */
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

/** The diagram as a file of its own. */
export function diagramSvg(
  { nodes, edges, frames }: PlacedDiagram,
  colors: SvgColors,
): { readonly text: string; readonly width: number; readonly height: number } {
  const boxes = [...nodes, ...frames]
  const left = Math.min(...boxes.map(({ x }) => x)) - MARGIN
  const top = Math.min(...boxes.map(({ y }) => y)) - MARGIN
  const width = Math.ceil(Math.max(...boxes.map((box) => box.x + box.width)) - left + MARGIN)
  const height = Math.ceil(Math.max(...boxes.map((box) => box.y + box.height)) - top + MARGIN)
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const lines = edges.flatMap((edge) => {
    const [from, to] = [byName.get(edge.from), byName.get(edge.to)]
    return from && to ? [edgeSvg(edge, { from, to }, colors)] : []
  })
  const text = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}" font-family='${FONT}' font-size="12">
<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${colors.background}"/>
${frames.map((frame) => frameSvg(frame, colors)).join('\n')}
${lines.join('\n')}
${nodes.map((node) => nodeSvg(node, colors)).join('\n')}
</svg>
`
  return { text, width, height }
}

function frameSvg({ name, color, x, y, width, height }: GroupFrame, colors: SvgColors): string {
  const drawn = colors.groups[color - 1] ?? colors.line
  return `<g><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="none" stroke="${drawn}" stroke-width="2" stroke-dasharray="6 4"/><text x="${x + 10}" y="${y + 20}" font-size="14" font-weight="600" fill="${drawn}">${escaped(name)}</text></g>`
}

function edgeSvg(
  edge: DiagramEdge,
  { from, to }: { readonly from: PlacedNode; readonly to: PlacedNode },
  colors: SvgColors,
): string {
  const { line, signs, circles } = drawEdge(edge, from, to)
  const rings = circles.map(
    ({ x, y }) => `<circle cx="${x}" cy="${y}" r="4" fill="${colors.background}" stroke="${colors.edge}"/>`,
  )
  return `<g fill="none" stroke="${colors.edge}" stroke-width="1.25"><title>${escaped(`${edge.id} → ${edge.to}.${edge.toField}`)}</title><path d="${line}"/><path d="${signs}"/>${rings.join('')}</g>`
}

function nodeSvg(node: PlacedNode, colors: SvgColors): string {
  const { x, y, width, height, name, fields, hidden } = node
  const rows = fields.map((field, i) => {
    const at = y + HEAD_HEIGHT + (i + 0.5) * ROW_HEIGHT + 4
    const weight = field.isKey ? ' font-weight="600"' : ''
    return `<text x="${x + 10}" y="${at}" fill="${colors.text}"${weight}>${escaped(shortened(field.name, 20))}</text><text x="${x + width - 10}" y="${at}" text-anchor="end" fill="${colors.muted}">${escaped(shortened(field.type, 12))}</text>`
  })
  const more =
    hidden > 0
      ? `<text x="${x + 10}" y="${y + HEAD_HEIGHT + (fields.length + 0.5) * ROW_HEIGHT + 4}" fill="${colors.muted}">${hidden} more</text>`
      : ''
  return `<g><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="${colors.node}" stroke="${colors.line}"/><path d="M${x},${y + HEAD_HEIGHT} v-${HEAD_HEIGHT - 8} q0,-8 8,-8 h${width - 16} q8,0 8,8 v${HEAD_HEIGHT - 8} z" fill="${colors.head}"/><text x="${x + 10}" y="${y + HEAD_HEIGHT / 2 + 4}" fill="${colors.text}" font-weight="600">${escaped(shortened(name, 26))}</text>${rows.join('')}${more}</g>`
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
