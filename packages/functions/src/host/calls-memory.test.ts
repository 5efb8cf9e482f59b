import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { useInstances } from '../testing/use-instances'

const { start } = useInstances()

test.skipIf(process.platform !== 'linux')(
  'calls leave nothing behind, however many there are in a moment',
  async () => {
    const { child, call } = await start(`
    import { defineFunction } from '@koyalite/functions'
    export default defineFunction({ handler: (input) => { if (input.collect) Bun.gc(true) } })
  `)
    const megabytes = async () => {
      await call({ collect: true })
      return (Number(readFileSync(`/proc/${child.pid}/statm`, 'utf8').split(' ')[1]) * 4096) / 1_000_000
    }
    const calls = async (count: number) => {
      for (let n = 0; n < count; n += 100) await Promise.all(Array.from({ length: 100 }, () => call({})))
    }
    await calls(2_000)
    const before = await megabytes()
    await calls(6_000)
    // Four kilobytes a call would be 24 MB.
    expect((await megabytes()) - before).toBeLessThan(12)
  },
  60_000,
)
