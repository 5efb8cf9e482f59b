import { expect, test } from 'bun:test'
import { readAudit } from './audit'

test('a registry that does not answer says nothing about the dependencies', () => {
  expect(
    readAudit('bun audit ended with 1\nbun audit v1.4.5\nerror: POST https://registry.example.com/bulk - 405'),
  ).toEqual({
    kind: 'unreachable',
    reason: 'POST https://registry.example.com/bulk - 405',
  })
})

test('found holes are holes', () => {
  const report = 'bun audit ended with 1\nlodash  <4.17.21\n  high: Command Injection\n\n1 vulnerabilities (1 high)'
  expect(readAudit(report)).toEqual({ kind: 'vulnerable', report })
  expect(readAudit('something else').kind).toBe('vulnerable')
})
