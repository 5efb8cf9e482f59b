import { expect, test } from 'bun:test'
import { goName, goTypeName } from '@koyalite/schema/go-names'
import { comment, quoted } from './source-text'

test.each([
  ['author_id', 'AuthorID'],
  ['urls', 'URLs'],
  ['http_status', 'HTTPStatus'],
  ['1st', '1st'],
  ['a-b', 'AB'],
  ['inProgress', 'InProgress'],
  ['é✓', 'É'],
  ['*/', ''],
])('%s is %s', (text, name) => {
  expect(goName(text)).toBe(name)
})

test('types of other languages', () => {
  expect(['ApiKey', 'Post', 'UserId', 'X2Url'].map(goTypeName)).toEqual(['APIKey', 'Post', 'UserID', 'X2URL'])
})

test('a literal and a comment hide nothing', () => {
  expect(quoted('say "so"\\ \n\u202e \u{e0001}')).toBe('"say \\"so\\"\\\\ \\n\\u202e \\U000e0001"')
  expect(comment('two\n  lines */ \u202e\u0007of `text`', '\t')).toBe('\t// two lines */ of `text`\n')
  expect(comment(' \n')).toBe('')
})
