import { expect, test } from 'bun:test'
import { actionText, returningUsers } from './action-text'

const none = { inserted: 0, updated: 0, deleted: 0 }

test('an action is said in the words of the studio, what it was about before what it took along', () => {
  expect(
    actionText([
      { ...none, collection: 'lines', deleted: 12_004 },
      { ...none, collection: 'orders', deleted: 1 },
      { ...none, collection: 'notes', updated: 2 },
    ]),
  ).toBe('Deleted 1 document of orders, 12,004 lines · Changed 2 notes')
  expect(actionText([{ ...none, collection: 'books', inserted: 198 }])).toBe('Added 198 books')
  expect(actionText([])).toBe('Changed nothing')
})

test('users whom a deletion took come back without credentials', () => {
  expect(returningUsers([{ ...none, collection: 'users', deleted: 2 }])).toBe(2)
  expect(returningUsers([{ ...none, collection: 'users', inserted: 2 }])).toBe(0)
})
