import { expect, test } from 'bun:test'
import { AppError } from '@koyalite/contracts'
import { describedError } from './described-error'

const failure = (code: string, message: string) => Object.assign(new Error(message), { code })

test('what SQLite says of a statement is passed on', () => {
  const none = () => expect.unreachable()
  expect(describedError(failure('SQLITE_ERROR', 'no such table: x'), none)).toEqual({
    code: 'INVALID_REQUEST',
    message: 'no such table: x',
  })
  expect(describedError(failure('SQLITE_CONSTRAINT_UNIQUE', 'UNIQUE constraint failed: a.b'), none).code).toBe(
    'CONFLICT',
  )
  expect(describedError(failure('SQLITE_NOMEM', 'out of memory'), none).code).toBe('OUT_OF_RANGE')
  expect(describedError(new RangeError('Too few parameter values were provided'), none).code).toBe('INVALID_REQUEST')
  expect(describedError(new RangeError('Out of memory'), none).code).toBe('OUT_OF_RANGE')
  expect(describedError(new AppError('FORBIDDEN', 'no'), none)).toMatchObject({ code: 'FORBIDDEN', message: 'no' })
})

test.each([
  [failure('SQLITE_IOERR_READ', 'disk I/O error at /srv/data/koyalite.db'), 'UNAVAILABLE'],
  [failure('SQLITE_CORRUPT', 'database disk image is malformed'), 'UNAVAILABLE'],
  [failure('SQLITE_PERM', '/srv/data is not readable'), 'INTERNAL'],
  [new TypeError("undefined is not an object (evaluating 'secret.of.ours')"), 'INTERNAL'],
  [new RangeError('/srv/koyalite/internal.ts'), 'INTERNAL'],
  [new Error('ENOENT: /srv/data/koyalite.db'), 'INTERNAL'],
  ['thrown text of ours', 'INTERNAL'],
])('%p is a fault: the log has it, and the response nothing of it', (error, code) => {
  const faults: unknown[] = []
  const described = describedError(error, (fault) => faults.push(fault))
  expect([described.code, faults]).toEqual([code, [error]] as never)
  expect(described.message).not.toMatch(/srv|malformed|secret|ours|readable|ENOENT/)
})
