import { expect, test } from 'bun:test'
import { didYouMean } from './did-you-mean'

const WORDS = ['host', 'port', 'max_body', 'trust_proxy']

test.each([
  ['prot', " (did you mean 'port'?)"],
  ['maxBody', " (did you mean 'max_body'?)"],
  ['trust-proxi', " (did you mean 'trust_proxy'?)"],
  ['trust', " (did you mean 'trust_proxy'?)"],
  ['hostname', " (did you mean 'host'?)"],
  ['zzz', ''],
  ['po', ''],
  ['', ''],
])('%s', (word, expected) => {
  expect(didYouMean(word, WORDS)).toBe(expected)
})
