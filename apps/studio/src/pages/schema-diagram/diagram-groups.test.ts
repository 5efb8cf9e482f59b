import { expect, test } from 'bun:test'
import { packInRows } from './arrange'
import { addToGroup, type DiagramGroup, groupsByPrefix, membersOf, parseGroups, withGroup } from './diagram-groups'
import type { DiagramEdge, DiagramModel } from './diagram-model'
import { framesOf } from './group-frame'
import { layOutGroups } from './group-layout'

const NAMES = ['users', 'shop_orders', 'shop_items', 'blog_posts', 'blog_tags', 'mail_out']
const group = (name: string, rest: Partial<DiagramGroup> = {}): DiagramGroup => ({
  ...{ name, color: 1, collections: [], ...rest },
})

test('a collection is in the first group that has it, by its name or by a prefix', () => {
  const groups = [
    group('mine', { collections: ['shop_items', 'users', 'gone'] }),
    group('shop', { prefix: 'shop_' }),
    group('all', { collections: ['users', 'mail_out'] }),
  ]
  expect(membersOf(groups, NAMES)).toEqual([['users', 'shop_items'], ['shop_orders'], ['mail_out']])
  // Whatever is new with the prefix is in it.
  expect(membersOf([group('shop', { prefix: 'shop_' })], [...NAMES, 'shop_carts'])[0]).toContain('shop_carts')
})

test('prefixes are words that two names begin with', () => {
  expect(groupsByPrefix(NAMES).map(({ name, prefix, color }) => [name, prefix, color])).toEqual([
    ['shop', 'shop_', 1],
    ['blog', 'blog_', 2],
  ])
})

test('what is grouped anew leaves the group that it was in', () => {
  const first = withGroup([], ['users', 'mail_out'])
  const second = withGroup(first, ['users', 'blog_tags'])
  expect(second.map(({ name, color, collections }) => [name, color, collections])).toEqual([
    ['Group 2', 2, ['users', 'blog_tags']],
    ['Group 1', 1, ['mail_out']],
  ])
  const back = addToGroup(second, 1, ['users'])
  expect(membersOf(back, NAMES)).toEqual([['users', 'mail_out'], ['blog_tags']])
  const byPrefix = addToGroup([group('shop', { prefix: 'shop_' }), group('x')], 1, ['shop_items'])
  expect(membersOf(byPrefix, NAMES)).toEqual([['shop_items'], ['shop_orders']])
})

test('groups are read from whatever is stored', () => {
  expect(
    parseGroups([group('a', { prefix: 'a_' }), null, { name: 1 }, { name: 'b', color: 99, collections: [1, 'c'] }]),
  ).toEqual([group('a', { prefix: 'a_' }), group('b', { collections: ['c'] })])
  for (const value of [null, 'x', {}, 1]) expect(parseGroups(value)).toEqual([])
})

test('a layout keeps groups together: nothing covers anything, and no frame holds what is not of its group', async () => {
  const names = Array.from({ length: 40 }, (_, i) => `${['shop', 'blog', 'mail', 'x'][i % 4]}_${i}`)
  const nodes = names.map((name, i) => ({ name, fields: [], hidden: 0, width: 220, height: 40 + (i % 5) * 60 }))
  const edges = names.slice(1).map((from, i): DiagramEdge => {
    const to = names[(i * 7) % (i + 1)] ?? from
    return { id: `${from}.a`, from, field: 'a', to, toField: 'id', many: true, optional: false }
  })
  const groups = groupsByPrefix(names).slice(0, 3)
  const asked: DiagramModel[] = []
  const places = await layOutGroups({ nodes, edges }, membersOf(groups, names), async (model) => {
    asked.push(model)
    return packInRows(model.nodes, 1.5)
  })
  expect(asked[0]?.nodes).toHaveLength(13)
  expect(asked[0]?.edges.every(({ from, to }) => from !== to)).toBe(true)
  const placed = nodes.map((node) => ({ ...node, ...(places.get(node.name) ?? { x: 0, y: 0 }) }))
  const overlaps = (a: (typeof boxes)[number], b: (typeof boxes)[number]) =>
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
  const frames = framesOf(groups, placed)
  const boxes = [...frames, ...placed.filter(({ name }) => !frames.some(({ members }) => members.includes(name)))]
  expect(boxes).toHaveLength(13)
  for (const [i, a] of boxes.entries()) for (const b of boxes.slice(i + 1)) expect(overlaps(a, b)).toBe(false)
  for (const [i, a] of placed.entries()) for (const b of placed.slice(i + 1)) expect(overlaps(a, b)).toBe(false)
})

test('without groups the layout is the one that there is', async () => {
  const nodes = NAMES.map((name) => ({ name, fields: [], hidden: 0, width: 220, height: 40 }))
  const layOut = async (model: DiagramModel) => packInRows(model.nodes, 1)
  expect(await layOutGroups({ nodes, edges: [] }, [[], []], layOut)).toEqual(packInRows(nodes, 1))
})
