import { describe, expect, test } from 'bun:test'
import { type DocumentKey, DocumentList, type Placed, type SentChanges } from './document-list'

const doc = (key: DocumentKey, value: unknown = 0): Placed => ({ key, doc: { id: key, value } })
const at = (key: DocumentKey, after: DocumentKey | null, value: unknown = 0): Placed => ({ ...doc(key, value), after })
const none: SentChanges = { deletes: [], inserts: [], updates: [] }

function listOf(...placed: readonly Placed[]): { list: DocumentList; etags: WeakMap<object, string> } {
  const etags = new WeakMap<object, string>()
  const list = new DocumentList(etags)
  list.show(placed)
  return { list, etags }
}
const keysOf = (list: DocumentList) => list.docs.map((one) => (one as { id: DocumentKey }).id)

describe('a list of documents', () => {
  test('deletes, then inserts, then updates, each at its place', () => {
    const { list } = listOf(doc('a'), doc('b'), doc('c'), doc('d'))
    const changes = list.change({
      deletes: ['b'],
      inserts: [at('x', null), at('y', 'x'), at('z', 'd')],
      updates: [at('a', 'c', 1), { ...doc('d', 1) }],
    })
    expect(keysOf(list)).toEqual(['x', 'y', 'c', 'a', 'd', 'z'])
    expect(changes.deletes).toEqual(['b'])
    expect(changes.inserts.map((one) => (one as { id: string }).id)).toEqual(['x', 'y', 'z'])
    expect(changes.updates).toEqual([doc('a', 1).doc, doc('d', 1).doc])
  })

  test('what has not changed stays the same object, what has is another one', () => {
    const { list } = listOf(doc('a', { deep: [1, new Date(5)] }), doc('b'), doc('c', new Uint8Array([1, 2])))
    const before = list.docs
    expect(list.show([doc('a', { deep: [1, new Date(5)] }), doc('b'), doc('c', new Uint8Array([1, 2]))])).toEqual(none)
    expect(list.docs).toBe(before)
    const changes = list.show([doc('c', new Uint8Array([1, 3])), doc('a', { deep: [1, new Date(5)] })])
    expect(changes).toEqual({ deletes: ['b'], inserts: [], updates: [doc('c', new Uint8Array([1, 3])).doc] })
    expect(list.docs[1]).toBe(before[0] as object)
    expect(list.docs[0]).not.toBe(before[2] as object)
    expect((before[2] as { value: Uint8Array }).value[1]).toBe(2)
  })

  test('another order alone is another array of the same documents', () => {
    const { list } = listOf(doc('a'), doc('b'))
    const before = list.docs
    expect(list.show([doc('b'), doc('a')])).toEqual(none)
    expect(list.docs).toEqual([before[1] as object, before[0] as object])
    expect(list.docs[0]).toBe(before[1] as object)
    expect(list.change({ ...none, updates: [at('a', null)] })).toEqual(none)
    expect(list.docs[0]).toBe(before[0] as object)
  })

  test('another tag is a change, even if nothing else is', () => {
    const { list, etags } = listOf({ ...doc('a'), etag: '"1"' })
    const [before] = list.docs
    expect(list.show([{ ...doc('a'), etag: '"1"' }])).toEqual(none)
    expect(list.change({ ...none, updates: [{ ...doc('a'), etag: '"2"' }] }).updates).toEqual([doc('a').doc])
    expect(list.docs[0]).not.toBe(before as object)
    expect([before, list.docs[0]].map((one) => etags.get(one as object))).toEqual(['"1"', '"2"'])
  })

  test.each<SentChanges>([
    { ...none, deletes: ['x'] },
    { ...none, inserts: [at('a', null)] },
    { ...none, inserts: [at('x', 'y')] },
    { ...none, updates: [doc('x')] },
    { ...none, updates: [at('a', 'x')] },
  ])('what does not fit is an error: %j', (changes) => {
    expect(() => listOf(doc('a')).list.change(changes)).toThrow()
  })
})
