import { describe, expect, test } from 'bun:test'
import { type FormEvent, type FormState, formAfter, initialForm } from './form-state'

const text = (typed: string) => ({ kind: 'text', text: typed }) as const
const FIRST = { values: { title: 'a', pages: 1 }, etag: '"1"' }
const SECOND = { values: { title: 'b', pages: 1 }, etag: '"2"' }

function after(...events: readonly FormEvent[]): FormState {
  return events.reduce(formAfter, initialForm(FIRST))
}
const typed = (field: string, to: string): FormEvent => ({ kind: 'typed', field, input: text(to) })

describe('a form', () => {
  test('follows the server while nothing is typed, and never takes typed text away', () => {
    expect(after({ kind: 'read', document: SECOND }).base).toBe(SECOND)
    const dirty = after(typed('title', 'mine'), { kind: 'read', document: SECOND })
    expect(dirty.base).toBe(FIRST)
    expect(dirty.changes).toEqual({ title: text('mine') })
    expect(after({ kind: 'saving' }, { kind: 'read', document: SECOND }).base).toBe(FIRST)
  })

  test('a write that met another one goes on from the other; what both changed is to be decided', () => {
    const met = after(
      typed('title', 'mine'),
      { kind: 'saving' },
      { kind: 'met', values: { title: 'mine' }, theirs: SECOND },
    )
    expect(met).toMatchObject({
      base: SECOND,
      progress: 'idle',
      conflicts: [{ field: 'title', mine: 'mine', theirs: 'b' }],
    })
    expect(met.changes).toEqual({ title: text('mine') })
    const theirs = formAfter(met, { kind: 'decided', field: 'title', input: null })
    expect(theirs).toMatchObject({ changes: {}, conflicts: [] })
    const both = formAfter(met, { kind: 'decided', field: 'title', input: text('b\nmine') })
    expect(both).toMatchObject({ changes: { title: text('b\nmine') }, conflicts: [] })
  })

  test('different fields of two people meet without a question', () => {
    const met = after(typed('pages', '2'), { kind: 'saving' }, { kind: 'met', values: { pages: 2 }, theirs: SECOND })
    expect(met.conflicts).toEqual([])
    expect(met.changes).toEqual({ pages: text('2') })
  })

  test('what the server refuses stands at its field until that is changed; nothing typed is lost', () => {
    const error = new Error('refused')
    const failed = after(
      typed('title', 'x'),
      typed('pages', '2'),
      { kind: 'saving' },
      {
        kind: 'failed',
        error,
        refused: { title: { message: 'is taken' } },
      },
    )
    expect(failed).toMatchObject({ error, changes: { title: text('x'), pages: text('2') }, progress: 'idle' })
    expect(formAfter(failed, typed('pages', '3')).refused).toEqual({ title: { message: 'is taken' } })
    expect(formAfter(failed, typed('title', 'y')).refused).toEqual({})
  })

  test('is clean after it is saved, and after all is reverted', () => {
    expect(after(typed('title', 'b'), { kind: 'saving' }, { kind: 'saved', document: SECOND })).toEqual(
      initialForm(SECOND),
    )
    expect(after(typed('title', 'b'), { kind: 'reverted', fields: ['title'] })).toEqual(initialForm(FIRST))
  })

  test('a draft brings its own base along, so that saving meets what happened since', () => {
    expect(after({ kind: 'resumed', changes: { title: text('d') }, base: SECOND })).toMatchObject({
      base: SECOND,
      changes: { title: text('d') },
    })
  })
})
