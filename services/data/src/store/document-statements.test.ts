import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openTestApi, type TestApi } from '../testing/open-api'

let api: TestApi
beforeAll(async () => {
  api = await openTestApi(`
version: 1
collections:
  things:
    table: odd "things
    fields:
      id:   { type: int, primary: true, default: auto }
      name: { type: string, nullable: true, column: 'the "name' }
      size: { type: int, default: 3 }
    rules: { create: "true", read: "true", update: "true", delete: "true" }
`)
})
afterAll(() => api.close())

test('tables and columns may be called anything, and values are never part of a statement', async () => {
  const name = `x'); DROP TABLE "odd ""things"; --`
  const send = async (method: string, path: string, body?: unknown) =>
    (await api.anonymous(method, `/collections/things${path}`, body)).body
  expect(await send('POST', '', { name, size: 4 })).toEqual({ id: 1, name, size: 4 })
  expect(await send('POST', '', {})).toEqual({ id: 2, name: null, size: 3 })
  expect(await send('PATCH', '/1', { name: null, size: 5 })).toEqual({ id: 1, name: null, size: 5 })
  expect(await send('PUT', '/2', { name })).toEqual({ id: 2, name, size: 3 })
  expect(await send('GET', '/2')).toEqual({ id: 2, name, size: 3 })
  expect((await send('GET', `?filter=name:eq:${encodeURIComponent(name)}&sort=-name`)).docs).toEqual([
    { id: 2, name, size: 3 },
  ])
  expect(await send('DELETE', '/2')).toBeNull()
  expect((await send('GET', '')).docs).toEqual([{ id: 1, name: null, size: 5 }])
})
