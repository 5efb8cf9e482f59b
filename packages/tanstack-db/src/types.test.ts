import { expect, test } from 'bun:test'
import type { room } from './testing/person'
import type { Todo } from './testing/rooms'

/** Compiled, never run: `tsc` says whether each line is the error that it is marked as. */
async function typeTests(todos: Awaited<ReturnType<typeof room>>['todos']): Promise<void> {
  todos.insert({ title: 'A', room: 'r' })
  // @ts-expect-error: without a room
  todos.insert({ title: 'A' })
  // @ts-expect-error: a text is no number
  todos.insert({ title: 'A', room: 'r', rank: '1' })
  todos.update('id', (draft) => {
    draft.done = true
    // @ts-expect-error: there is no such field
    draft.nope = 1
  })
  // @ts-expect-error: keys are texts
  todos.delete(1)
  const [row] = todos.toArray
  const date: Date | undefined = row?.made_at
  const todo: Todo | undefined = row
  void [date, todo]
}

test('types are checked by the compiler', () => {
  expect(typeTests).toBeFunction()
})
