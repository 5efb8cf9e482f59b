import { describe, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { MAIL_BEHAVIOURS, MAIL_FUNCTION, useInstances } from '@koyalite/functions/protocol-testing'
import { denoFolder } from '../deno-folder'

setDefaultTimeout(30_000)

describe.skipIf(denoFolder === null)('emails, in deno', () => {
  const { start } = useInstances('deno', join(denoFolder ?? '', 'deno'))
  for (const { name, run } of MAIL_BEHAVIOURS) test(name, async () => run(await start(MAIL_FUNCTION)))
})
