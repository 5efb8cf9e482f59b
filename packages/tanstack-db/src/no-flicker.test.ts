import { expect, test } from 'bun:test'
import { useServer } from '@koyalite/testkit'
import { person, room } from './testing/person'
import { ROOMS_SCHEMA } from './testing/rooms'

const settings = 'auth: { rate_limit: { api: 100000/minute, register: 1000/minute } }\n'
const server = useServer({ schema: ROOMS_SCHEMA, settings })

/** The same numbers in each run. */
function numbers(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * below)
  }
}

test('two people write at once, answers and changes come in any order, and no row ever goes back or comes twice', async () => {
  const random = numbers(7)
  const people = await Promise.all([person(server), person(server)])
  const [first] = people
  if (first === undefined) throw new Error('nobody')
  const { name } = await room(first)
  const views = await Promise.all(people.map((one) => room(one, name)))
  const late = () => Bun.sleep(random(60))
  for (const { delay } of people) Object.assign(delay, { before: late, after: late, message: late })

  const violations: string[] = []
  /** By view and row, the values that were shown, in their order. */
  const shown = views.map(({ todos }) => {
    const values = new Map<string, string[]>()
    const gone = new Set<string>()
    todos.subscribeChanges(() => {
      const ids = todos.toArray.map(({ id }) => id)
      if (new Set(ids).size !== ids.length) violations.push('a row is there twice')
      for (const { id, title } of todos.toArray) {
        const seen = values.get(id) ?? []
        if (seen.at(-1) !== title) {
          if (seen.includes(title)) violations.push(`${id} is ${title} again, after ${seen.join()}`)
          values.set(id, [...seen, title])
        }
        if (gone.has(id)) violations.push(`${id} is there again`)
      }
      for (const id of values.keys()) if (!ids.includes(id)) gone.add(id)
    })
    return values
  })

  let steps = 0
  const transactions: { when(state: 'settled'): Promise<unknown> }[] = []
  // Each changes only what is theirs: of two who write one title at once, either may be the last.
  await Promise.all(
    views.map(async ({ todos }, who) => {
      const mine: string[] = []
      for (let i = 0; i < 60; i++) {
        const title = `${who} ${++steps}`
        const pick = mine[random(mine.length)]
        const kind = random(5)
        if (pick === undefined || kind < 2) {
          const insert = todos.insert({ title, room: name })
          mine.push(String(insert.mutations[0]?.key))
          transactions.push(insert)
        } else if (kind < 4) {
          const change = () =>
            todos.update(pick, (draft) => {
              draft.title = title
            })
          transactions.push(change())
        } else {
          mine.splice(mine.indexOf(pick), 1)
          transactions.push(todos.delete(pick))
        }
        await Bun.sleep(random(25))
      }
    }),
  )
  const ends = await Promise.allSettled(transactions.map((transaction) => transaction.when('settled')))
  expect(ends.filter(({ status }) => status === 'rejected')).toEqual([])
  for (const { delay } of people) Object.assign(delay, { before: undefined, after: undefined, message: undefined })
  for (const { todos } of views) await todos.utils.awaitSeq(await lastSeq())
  const fresh = await first.koya.todos.filter({ room: name }).all()
  for (const { todos } of views) {
    const rows = todos.toArray.map(({ id, title }) => `${id} ${title}`)
    expect(rows.toSorted()).toEqual(fresh.map(({ id, title }) => `${id} ${title}`).toSorted())
  }
  expect(shown[0]?.size).toBeGreaterThan(20)
  expect(violations).toEqual([])
  await Promise.all(views.map(({ todos }) => todos.cleanup()))

  async function lastSeq(): Promise<string> {
    const { headers } = await server.api.get('/api/collections/todos?limit=1')
    return headers.get('koyalite-seq') ?? ''
  }
})
