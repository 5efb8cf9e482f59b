import { expect, test } from 'bun:test'
import { AppError } from './errors'

const denial = { collection: 'posts', operation: 'create', id: null, data: { title: 'private' } } as const

test('what rules denied goes along with an error, and is in nothing that is made of it', () => {
  const error = new AppError('FORBIDDEN', 'No.', { denial })
  for (const one of [error, error.ofOperation(2), error.withDetails([{ field: '', code: 'rule', message: 'x' }])]) {
    expect(one.denial).toBe(denial)
    expect(JSON.stringify({ ...one }) + JSON.stringify(one) + Bun.inspect(one)).not.toContain('private')
    expect(structuredClone(Object.entries(one)).flat()).not.toContain('denial')
  }
})

test('an error of an operation, or with more details, is the same error', () => {
  const headers = { 'retry-after': '1' }
  const error = new AppError('CONFLICT', 'Taken.', { details: [{ field: 'a', code: 'unique', message: 'a' }], headers })
  const numbered = error.ofOperation(0).withDetails([{ field: '', code: 'b', message: 'b' }])
  expect([numbered.code, numbered.message, numbered.operation, numbered.headers]).toEqual([
    'CONFLICT',
    'Taken.',
    0,
    headers,
  ])
  expect(numbered.details.map(({ code }) => code)).toEqual(['unique', 'b'])
})
