import { expect, test } from 'bun:test'
import type { Tx } from '@koyalite/contracts'
import { createKeyUses, KEY_USE_EVERY_MS } from './key-uses'

function uses() {
  const written: unknown[] = []
  const state = { isFailing: false }
  const tx = { run: ({ params }: { params: readonly unknown[] }) => written.push(params) } as unknown as Tx
  const write = async <T>(run: (tx: Tx) => T) => {
    if (state.isFailing) throw new Error('the disk is full')
    return { value: run(tx), seq: null }
  }
  // biome-ignore lint/suspicious/noExplicitAny: as much of a database as it uses
  return { uses: createKeyUses({ write } as any), written, state }
}

test('a key that is used all the time is stored once a minute, each for itself', async () => {
  const { uses: keys, written } = uses()
  for (let i = 0; i < 1000; i++) keys.note('a', 1000 + i)
  keys.note('b', 1500)
  keys.note('a', 1000 + KEY_USE_EVERY_MS)
  await Promise.resolve()
  expect(written).toEqual([
    ['a', 1000],
    ['b', 1500],
    ['a', 1000 + KEY_USE_EVERY_MS],
  ])
})

test('what could not be stored is stored with the next use', async () => {
  const { uses: keys, written, state } = uses()
  state.isFailing = true
  keys.note('a', 1)
  await Bun.sleep(0)
  state.isFailing = false
  keys.note('a', 2)
  expect(written).toEqual([['a', 2]])
})
