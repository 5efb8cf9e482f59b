import { describe, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { MAIL_BEHAVIOURS } from '@koyalite/functions/protocol-testing'
import { hasGo } from '@koyalite/testkit'
import { useGoHost } from '../use-go-host'

setDefaultTimeout(120_000)

describe.skipIf(!hasGo)('emails, in go', () => {
  const { start } = useGoHost(join(import.meta.dir, 'host.go'))
  for (const { name, run } of MAIL_BEHAVIOURS) test(name, async () => run(await start()))
})
