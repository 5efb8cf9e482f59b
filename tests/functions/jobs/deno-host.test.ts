import { describe, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { JOB_BEHAVIOURS, JOB_FUNCTION, useInstances } from '@koyalite/functions/protocol-testing'
import { denoFolder } from '../deno-folder'

setDefaultTimeout(30_000)

describe.skipIf(denoFolder === null)('jobs, in deno', () => {
  const { start } = useInstances('deno', join(denoFolder ?? '', 'deno'))
  for (const { name, run } of JOB_BEHAVIOURS) test(name, async () => run(await start(JOB_FUNCTION)))
})
