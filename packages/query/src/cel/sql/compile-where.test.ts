import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ReadAccess } from '../../access/read-access'
import { CelError } from '../syntax/cel-error'
import { openBlogWorld } from '../testing/blog-world'
import type { Truth } from '../testing/compile-predicate'
import { NOBODY, type World } from '../testing/test-world'
import { compileWhere } from './compile-where'

let world: World
beforeAll(async () => {
  world = await openBlogWorld()
})
afterAll(() => world.close())

/** `subtitle` does not exist, `title` only in published posts, users are readable if verified, rooms not at all. */
const ACCESS: ReadAccess = {
  rows({ name }) {
    if (name === 'rooms') return { kind: 'none' }
    if (name === 'users') return { kind: 'where', sql: (alias) => ({ text: `"${alias}"."verified" = ?`, params: [1] }) }
    return { kind: 'all' }
  },
  field(_collection, { name }) {
    if (name === 'subtitle') return { kind: 'none' }
    if (name !== 'title') return { kind: 'all' }
    return { kind: 'where', sql: (alias) => ({ text: `"${alias}"."status" = ?`, params: ['published'] }) }
  },
}

function truths(source: string, access: ReadAccess = ACCESS): readonly Truth[] {
  return world.whereTruths(source, 'posts', access)
}

function message(source: string): string {
  try {
    compileWhere(source, { schema: world.schema, collection: world.collection('posts'), access: ACCESS, facts: NOBODY })
    return 'fine'
  } catch (error) {
    return error instanceof CelError ? error.message : String(error)
  }
}

describe('R17 where', () => {
  test('sees null where a field cannot be read in a document', () => {
    expect(truths("doc.title == '1'")).toEqual([false, false, false])
    expect(truths('doc.title == null')).toEqual([false, true, true])
    expect(truths("doc.title < 'z'")).toEqual([true, 'error', 'error'])
  })

  test('sees null in documents that cannot be read, and an error where there is none', () => {
    expect(truths('doc.author.email == null')).toEqual([false, 'error', 'error'])
    expect(truths('doc.room.name == null')).toEqual([true, true, 'error'])
    expect(truths('doc.room.name == "Red"')).toEqual([false, false, 'error'])
    expect(truths('doc.room.owner.email == null')).toEqual(['error', 'error', 'error'])
    expect(truths('doc.author == null')).toEqual([false, true, true])
    expect(truths('has(doc.room.name)')).toEqual([false, false, 'error'])
  })

  test.each([
    ['doc.subtitle == null', "unknown field 'subtitle' of posts (did you mean 'title'?)"],
    ['doc.subtitl == null', "unknown field 'subtitl' of posts"],
    ['doc.secret == null', "unknown field 'secret' of posts"],
    ['doc.secre == null', "unknown field 'secre' of posts (did you mean 'score'?)"],
    ['members.exists(m, true)', "unknown name 'members'"],
    ['old.title == null', "unknown name 'old'"],
    ['request.ip == null', 'request.ip cannot be used here, only request.time'],
  ])('does not know or suggest what the caller may not name: %s', (source, expected) => {
    expect(message(source)).toBe(expected)
  })

  test('takes names of its own for rows, so that predicates of the access can be put inside', () => {
    const nested: ReadAccess = {
      ...ACCESS,
      rows: (collection) =>
        collection.name === 'users'
          ? {
              kind: 'where',
              sql: (alias) =>
                compileWhere("doc.id == 'ann' || doc.email == 'x'", {
                  schema: world.schema,
                  collection,
                  access: { rows: () => ({ kind: 'all' }), field: () => ({ kind: 'all' }) },
                  facts: NOBODY,
                }).sql(alias),
            }
          : { kind: 'all' },
    }
    expect(truths("doc.author.role == 'admin' && doc.room.owner.role == 'admin'", nested)).toEqual([
      true,
      'error',
      'error',
    ])
  })
})
