import { expect, test } from 'bun:test'
import type { CollectionInfo } from '../../fields/field'
import { searchedFields, userConditions } from './user-search'

const field = (name: string, type = 'string', internal = false) => ({ name, type, internal })
const USERS = {
  fields: [
    field('email'),
    field('full_name'),
    field('phone'),
    field('bio', 'text'),
    field('named_at', 'timestamp'),
    field('phone_hash', 'string', true),
  ],
} as unknown as CollectionInfo

test('the box looks in addresses, names and numbers, and never in internal fields', () => {
  expect(searchedFields(USERS)).toEqual(['email', 'full_name', 'phone'])
  expect(searchedFields(undefined)).toEqual(['email'])
})

test('an id is an id; anything else is a part of a text', () => {
  expect(userConditions(' ', ['email'])).toEqual({})
  expect(userConditions('0192F00D-0000-7000-8000-000000000000', ['email'])).toEqual({
    filter: ['{"id":"0192f00d-0000-7000-8000-000000000000"}'],
  })
  expect(userConditions('ann', ['email', 'phone'])).toEqual({
    filter: ['{"$or":[{"email":{"$like":"%ann%"}},{"phone":{"$like":"%ann%"}}]}'],
  })
})
