import { beforeAll, describe, expect, test } from 'bun:test'
import { expectError, expectStatus, useServer } from '@koyalite/testkit'
import { createOperators, type TestOperator } from '../fixtures/operators'

const ITEMS = '/api/admin/studio/items'

describe('what operators keep in the studio', () => {
  const server = useServer({
    schema: 'version: 1\ncollections: { posts: { fields: { id: { type: int, primary: true, default: auto } } } }\n',
    settings: 'auth: { rate_limit: { login: 1000/second } }',
  })
  let [owner, editor, viewer]: readonly TestOperator[] = []
  const of = (operator: TestOperator | undefined) => {
    if (operator === undefined) throw new Error('there is no such operator')
    return operator.api
  }
  beforeAll(async () => {
    ;[owner, editor, viewer] = await createOperators(server, 'editor', 'viewer')
  }, 60_000)
  const names = async (operator: TestOperator | undefined, prefix = '') => {
    const { items } = expectStatus(await of(operator).get(`${ITEMS}?prefix=${encodeURIComponent(prefix)}`), 200).body
    return items.map(({ name }: { name: string }) => name)
  }

  test('is theirs, and in the place of what was there', async () => {
    const path = `${ITEMS}/${encodeURIComponent('columns:posts / ü')}`
    for (const value of [{ width: 1 }, [2], null, 'text'])
      expect(expectStatus(await of(viewer).put(path, { value }), 200).body).toMatchObject({
        value,
        own: true,
        shared: false,
      })
    expect(expectStatus(await of(viewer).get(ITEMS), 200).body.items).toMatchObject([
      { name: 'columns:posts / ü', value: 'text' },
    ])
    expect(await names(owner)).toEqual([])
    expectError(await of(owner).delete(path), 'NOT_FOUND')
    expectStatus(await of(viewer).delete(path), 204)
    expect(await names(viewer)).toEqual([])
  })

  test('can be shared with all, by editors and up; it stays that of who shares it', async () => {
    const path = `${ITEMS}/view:posts:late`
    expectStatus(await of(editor).put(path, { value: { sort: '-id' }, shared: true }), 200)
    expect(expectStatus(await of(viewer).get(`${ITEMS}?prefix=view:`), 200).body.items).toMatchObject([
      { name: 'view:posts:late', value: { sort: '-id' }, shared: true, own: false },
    ])
    expect(await names(owner, 'columns:')).toEqual([])
    expectError(await of(viewer).put(path, { value: 1, shared: true }), 'FORBIDDEN')
    expectError(await of(owner).delete(path), 'NOT_FOUND')
    // One of the same name beside it.
    expectStatus(await of(owner).put(path, { value: 'own' }), 200)
    expect(await names(owner)).toEqual(['view:posts:late', 'view:posts:late'])
  })

  test('has bounds, and is for operators alone', async () => {
    expectError(await of(owner).put(`${ITEMS}/large`, { value: 'x'.repeat(300_000) }), 'PAYLOAD_TOO_LARGE')
    expectError(await of(owner).put(`${ITEMS}/${'n'.repeat(201)}`, { value: 1 }), 'INVALID_REQUEST')
    expectError(await of(owner).put(`${ITEMS}/x`, { value: 1, other: 2 }), 'VALIDATION_ERROR')
    expectError(await server.anonymous.get(ITEMS), 'UNAUTHENTICATED')
    expectError(await server.api.get(ITEMS), 'FORBIDDEN')
  })
})
