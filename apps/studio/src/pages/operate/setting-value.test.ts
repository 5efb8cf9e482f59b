import { expect, test } from 'bun:test'
import { editedText, typedValue, valueText } from './setting-value'

const setting = (kind: string, value: unknown, secret = false) => ({ kind, value, secret, nullable: false })

test('what stands in an editor, unchanged, is the same value', () => {
  for (const [kind, value] of [
    ['text', ' with spaces '],
    ['text', '12'],
    ['integer', 12],
    ['flag', true],
    ['duration', '15m'],
    ['list', ['a', 'b']],
    ['table', { github: { client_id: 'x' } }],
    ['proxies', ['10.0.0.0/8']],
    ['proxies', 2],
    ['retention', 7],
    ['retention', '30d'],
  ] as const) {
    expect([kind, typedValue(setting(kind, value), editedText(setting(kind, value)))]).toEqual([kind, { value }])
  }
})

test('a secret is in neither', () => {
  const secret = setting('text', '••••••', true)
  expect([valueText(secret), editedText(secret)]).toEqual(['set, and never shown', ''])
})

test('what is no value of its kind says so', () => {
  expect(typedValue(setting('integer', 1), 'many')).toEqual({ problem: 'Expected a number' })
  expect(typedValue(setting('list', []), '[1,')).toHaveProperty('problem')
  expect(typedValue({ kind: 'integer', nullable: true }, ' ')).toEqual({ value: null })
})
