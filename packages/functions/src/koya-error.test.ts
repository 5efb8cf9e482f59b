import { expect, test } from 'bun:test'
import { KoyaError as ClientError } from '@koyalite/client/data'
import { ERROR_STATUS } from '@koyalite/contracts'
import { isKoyaError, KoyaError } from './index'
import { isOwnError, SHARED_CODES } from './koya-error'

test('has the status that it is given, or that its code has in the API', () => {
  expect(new KoyaError('SOLD_OUT', 'no seats').status).toBe(400)
  expect(new KoyaError('SOLD_OUT', 'no seats', { status: 409 }).status).toBe(409)
  for (const [code, status] of Object.entries(SHARED_CODES)) {
    expect(new KoyaError(code, 'x').status).toBe(status)
    expect(ERROR_STATUS).toHaveProperty(code, status)
  }
})

test.each([200, 399, 500, 404.5, Number.NaN])('refuses the status %p', (status) => {
  expect(() => new KoyaError('SOLD_OUT', 'x', { status })).toThrow('from 400 to 499')
})

test.each(['sold_out', '', '1A', 'SOLD OUT', 'A'.repeat(65)])('refuses the code %p', (code) => {
  expect(() => new KoyaError(code, 'x')).toThrow('is like SOLD_OUT')
})

test('refuses the codes by which callers act', () => {
  const ofServer = Object.entries(ERROR_STATUS).flatMap(([code, status]) => (status >= 500 ? [code] : []))
  expect(ofServer.length).toBeGreaterThan(3)
  for (const code of [
    ...ofServer,
    'FUNCTION_TIMEOUT',
    'TRANSACTION_OPEN',
    'LEASE_LOST',
    'NO_CALLER',
    'NETWORK',
    'ABORTED',
  ]) {
    expect(() => new KoyaError(code, 'x')).toThrow(`${code} is a code of the server`)
  }
})

test('errors of ctx are instances of it, but not its own; subclasses are told apart', () => {
  class Refused extends KoyaError {}
  const [own, refused, ofCtx] = [new KoyaError('A', 'x'), new Refused('B', 'x'), new ClientError('C', 'x')]
  expect([own, refused, ofCtx].map((error) => error instanceof KoyaError)).toEqual([true, true, true])
  expect([own, refused, ofCtx].map((error) => error instanceof Refused)).toEqual([false, true, false])
  expect([own, refused, ofCtx].map(isOwnError)).toEqual([true, true, false])
  expect([new Error('x'), 'x', null].map((error) => error instanceof KoyaError || isKoyaError(error))).toEqual([
    ...[false, false, false],
  ])
})
