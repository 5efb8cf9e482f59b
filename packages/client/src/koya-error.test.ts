import { expect, test } from 'bun:test'
import { errorOfResponse } from './koya-error'

const response = new Response(null, { status: 409, headers: { 'x-request-id': 'r' } })
const errorWith = (details: unknown) =>
  errorOfResponse(response, JSON.stringify({ error: { code: 'NO_SEATS', message: 'the hall is full', details } }))

test('details are a list of fields, whatever the error of a function says', () => {
  const field = { field: 'name', code: 'required', message: 'name is required' }
  expect(errorWith([field])).toMatchObject({ code: 'NO_SEATS', status: 409, details: [field], requestId: 'r' })
  for (const said of [{ executed: 'maybe' }, 'text', 1, { seats: 0 }]) {
    expect(errorWith(said)).toMatchObject({ code: 'NO_SEATS', details: [], cause: said })
  }
  expect(errorWith(undefined).details).toEqual([])
})
