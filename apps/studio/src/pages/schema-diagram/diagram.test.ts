import { describe, expect, test } from 'bun:test'
import { parseSchema, type Schema } from '@koyalite/schema'
import { boxOf, type Place, type Places, packInRows, withAlone, zoomFor } from './arrange'
import { type DiagramModel, diagramModel } from './diagram-model'
import { diagramSvg } from './diagram-svg'
import { framesOf } from './group-frame'
import { packConnected } from './pack-connected'

function schema(text: string): Schema {
  const parsed = parseSchema(`version: 1\ncollections:\n${text}`, { file: 'schema.yaml' })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return parsed.schema
}

const SHOP = schema(`
  customers: { fields: { id: { type: uuid, primary: true }, name: { type: string } } }
  orders:
    fields:
      id: { type: uuid, primary: true }
      customer_id: { type: uuid, references: customers.id }
      referrer_id: { type: uuid, references: customers.id, nullable: true }
  cards:
    fields:
      id: { type: uuid, primary: true }
      customer_id: { type: uuid, references: customers.id, unique: true }
  notes: { fields: { id: { type: uuid, primary: true } } }
`)

type Nodes = DiagramModel['nodes']

/** How many pairs of lines, from corner to corner, cross each other. */
function crossings(edges: DiagramModel['edges'], places: Places): number {
  const lines = edges.flatMap(({ from, to }) => {
    const [a, b] = [places.get(from), places.get(to)]
    return a && b && from !== to ? [{ a, b }] : []
  })
  const turn = (p: Place, q: Place, r: Place) => Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x))
  const isCrossed = (one: (typeof lines)[number], two: (typeof lines)[number]) =>
    turn(one.a, one.b, two.a) * turn(one.a, one.b, two.b) < 0 &&
    turn(two.a, two.b, one.a) * turn(two.a, two.b, one.b) < 0
  return lines.reduce((sum, one, i) => sum + lines.slice(i + 1).filter((two) => isCrossed(one, two)).length, 0)
}

describe('the model', () => {
  test("crow's feet are from nullable and unique", () => {
    expect(diagramModel(SHOP).edges.map(({ id, many, optional }) => [id, many, optional])).toEqual([
      ['orders.customer_id', true, false],
      ['orders.referrer_id', true, true],
      ['cards.customer_id', false, false],
    ])
  })

  test('around a collection are its neighbours, as far as asked for', () => {
    const names = (focus: string, depth: number) => diagramModel(SHOP, { focus, depth }).nodes.map(({ name }) => name)
    expect(names('orders', 1).sort()).toEqual(['customers', 'orders'])
    expect(names('orders', 2).sort()).toEqual(['cards', 'customers', 'orders'])
    expect(names('notes', 3)).toEqual(['notes'])
    // One that is gone: all are shown.
    expect(names('nothing', 1)).toHaveLength(5)
  })

  test('where there are many, nodes show their key and references', () => {
    const many = Array.from({ length: 40 }, (_, i) => {
      const reference = i > 0 && i < 20 ? `, parent_id: { type: uuid, references: c${i - 1}.id }` : ''
      return `  c${i}: { fields: { id: { type: uuid, primary: true }, a: { type: int }, b: { type: int }${reference} } }`
    })
    const { nodes } = diagramModel(schema(many.join('\n')))
    expect(nodes.find(({ name }) => name === 'c5')).toMatchObject({ hidden: 2 })
    expect(nodes.find(({ name }) => name === 'c30')).toMatchObject({ fields: [], hidden: 3 })
  })
})

describe('places', () => {
  const window = { width: 1360, height: 780 }
  test('60 collections of which 20 are alone can be shown at 50 % at least, whatever their references', () => {
    const many = Array.from({ length: 60 }, (_, i) => {
      const reference = i > 0 && i < 40 ? `, parent_id: { type: uuid, references: c${i >> 1}.id }` : ''
      const fields = Array.from({ length: 18 }, (__, n) => `f${n}: { type: int }`).join(', ')
      return `  c${i}: { fields: { id: { type: uuid, primary: true }, ${fields}${reference} } }`
    })
    const model = diagramModel(schema(many.join('\n')))
    const connected = model.nodes.filter(({ name }) => model.edges.some(({ from, to }) => from === name || to === name))
    const places = withAlone(model, packInRows(connected, window.width / window.height), window)
    expect(places.size).toBe(61)
    expect(zoomFor(boxOf(model.nodes, places), window)).toBeGreaterThan(0.5)
  })

  test('rows of connected collections have less than half of the crossings of rows without regard to them', () => {
    // Each refers to one or two that are anywhere in the file.
    const many = Array.from({ length: 100 }, (_, i) => {
      const one = i === 0 ? '' : `, a_id: { type: uuid, references: c${((i * 37) % 97) % i}.id }`
      const two = i % 3 !== 0 || i < 2 ? '' : `, b_id: { type: uuid, references: c${((i * 11) % 89) % i}.id }`
      return `  c${i}: { fields: { id: { type: uuid, primary: true }${one}${two} } }`
    })
    const { nodes, edges } = diagramModel(schema(many.join('\n')))
    const connected = nodes.filter(({ name }) => edges.some(({ from, to }) => from === name || to === name))
    const places = packConnected(connected, edges, 1.7)
    expect([...places.keys()].sort()).toEqual(connected.map(({ name }) => name).sort())
    expect(crossings(edges, places)).toBeLessThan(crossings(edges, packInRows(connected, 1.7)) / 2)
    expect([...packConnected(connected, edges, 1.7)]).toEqual([...places])
  })

  test.each([packInRows, (nodes: Nodes, ratio: number) => packConnected(nodes, diagramModel(SHOP).edges, ratio)])(
    'nothing covers anything',
    (pack) => {
      const { nodes } = diagramModel(SHOP)
      const places = pack(nodes, 1)
      const boxes = nodes.map((node) => ({ ...node, ...(places.get(node.name) ?? { x: 0, y: 0 }) }))
      for (const a of boxes)
        for (const b of boxes) {
          if (a === b) continue
          const isApart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
          expect(isApart).toBe(true)
        }
    },
  )
})

test('a picture is a file of its own: names are text, nothing is loaded', () => {
  const { nodes, edges } = diagramModel(SHOP)
  const places = packInRows(nodes, 1)
  const placed = nodes.map((node) => ({ ...node, ...(places.get(node.name) ?? { x: 0, y: 0 }) }))
  const color = '#000000'
  const hostile = placed.map((node, i) => (i === 0 ? { ...node, name: '<script>"&' } : node))
  const colors = {
    ...{ background: color, node: color, head: color, line: color, text: color, muted: color, edge: color },
    groups: [color],
  }
  const frames = framesOf([{ name: '<b>"', color: 1, collections: ['<script>"&'] }], hostile)
  const { text, width } = diagramSvg({ nodes: hostile, edges, frames }, colors)
  expect(width).toBeGreaterThan(200)
  expect(text).toContain('&lt;script&gt;&quot;&amp;')
  expect(text).not.toContain('<script')
  expect(text).toContain('&lt;b&gt;&quot;')
  expect(text.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@import/)
})
