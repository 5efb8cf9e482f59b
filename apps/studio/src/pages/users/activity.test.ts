import { expect, test } from 'bun:test'
import { activityOf } from './activity'

const actor = { kind: 'user' as const, id: 'u 1', name: 'ann@example.com' }
const request = {
  id: 'r&1',
  at: '2026-01-31T10:00:00.000Z',
  method: 'GET',
  path: '/api/collections/notes',
  route: 'GET /api/collections/notes',
  query: null,
  status: 403,
  code: 'FORBIDDEN',
  ms: 1,
  bytes: 1,
  actor,
  ip: '192.0.2.1',
}
const entry = {
  seq: 7,
  hash: '',
  at: '2026-01-31T10:00:01.000Z',
  event: 'auth.signed_in',
  outcome: 'failure' as const,
  actor,
  impersonator: null,
  target: { kind: 'user', id: 'u 1', name: 'ann@example.com' },
  ip: null,
  request_id: null,
  details: null,
}

test('requests and audit entries are one list, newest first, each with its address', () => {
  const found = activityOf([request], [entry, { ...entry, seq: 6, at: '2026-01-31T09:00:00.000Z' }])
  expect(found.map(({ key }) => key)).toEqual(['audit 7', 'request r&1', 'audit 6'])
  expect(found[0]).toMatchObject({ text: 'Auth signed in user ann@example.com', isFailure: true, status: null })
  expect(found[1]).toMatchObject({ text: 'GET /api/collections/notes', status: 403, isFailure: false })
  expect(found.map(({ href }) => href).slice(0, 2)).toEqual([
    '/observe/audit?actor=u+1&entry=7',
    '/observe/requests?actor=u+1&id=r%261',
  ])
})
