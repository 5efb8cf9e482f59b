import { describe, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { EVENT_BEHAVIOURS, EVENT_FUNCTION, useInstances } from '@koyalite/functions/protocol-testing'
import { denoFolder } from '../deno-folder'

setDefaultTimeout(30_000)

describe.skipIf(denoFolder === null)('events, in deno', () => {
  const { start } = useInstances('deno', join(denoFolder ?? '', 'deno'))
  for (const { name, run } of EVENT_BEHAVIOURS) test(name, async () => run(await start(EVENT_FUNCTION)))
})
