import { describe, test } from 'bun:test'
import { MAIL_BEHAVIOURS } from '../testing/mail-behaviours'
import { MAIL_FUNCTION } from '../testing/mail-function'
import { useInstances } from '../testing/use-instances'

describe.each(['bun', 'node'] as const)('mails, in %s', (engine) => {
  const { start } = useInstances(engine)
  for (const { name, run } of MAIL_BEHAVIOURS) {
    test.skipIf(Bun.which('node') === null && engine === 'node')(name, async () => run(await start(MAIL_FUNCTION)))
  }
})
