import { expect, test } from 'bun:test'
import { hooksOfFunctions } from '../testing/hooks-of-functions'
import { openTestApi } from '../testing/open-api'

const SCHEMA = `
version: 1
collections:
  a: { fields: { id: { type: string, primary: true } } }
  b: { fields: { id: { type: string, primary: true }, a: { type: string, references: a.id, onDelete: cascade } } }
  c: { fields: { id: { type: string, primary: true }, b: { type: string, references: b.id, onDelete: cascade } } }
`

test('documents that go with others run their hooks, through collections that have none', async () => {
  const log: string[] = []
  const hooks = hooksOfFunctions({
    a: {
      beforeDelete({ documents }) {
        documents.delete('c', 'c1')
        documents.create('c', { id: 'c3', b: 'b1' })
        return null
      },
    },
    c: {
      beforeDelete({ old }) {
        log.push(`before ${old?.id}`)
        return null
      },
      afterDelete: ({ old }) => void log.push(`after ${old?.id}`),
    },
  })
  const { system, close } = await openTestApi(SCHEMA, { hooks })
  await system('POST', '/collections/a', { id: 'a1' })
  await system('POST', '/collections/b', { id: 'b1', a: 'a1' })
  await system('POST', '/collections/c', [
    { id: 'c1', b: 'b1' },
    { id: 'c2', b: 'b1' },
  ])
  expect((await system('DELETE', '/collections/a/a1')).status).toBe(204)
  await hooks.settled()
  expect(log).toEqual(['before c1', 'before c2', 'before c3', 'after c1', 'after c2', 'after c3'])
  expect((await system('GET', '/collections/c')).body.docs).toEqual([])
  await close()
})

test('more than 1,000 that have hooks do not go at once', async () => {
  const hooks = hooksOfFunctions({ b: { afterDelete: () => {} } })
  const { system, close } = await openTestApi(SCHEMA, { hooks })
  await system('POST', '/collections/a', { id: 'a1' })
  const create = (start: number, count: number) =>
    system(
      'POST',
      '/collections/b',
      Array.from({ length: count }, (_, index) => ({ id: `b${start + index}`, a: 'a1' })),
    )
  await create(0, 1000)
  await create(1000, 1)
  const { status, body } = await system('DELETE', '/collections/a/a1')
  expect([status, body.error.code]).toEqual([409, 'TOO_MANY_DOCUMENTS'])
  await system('DELETE', '/collections/b/b1000')
  expect((await system('DELETE', '/collections/a/a1')).status).toBe(204)
  await close()
})
