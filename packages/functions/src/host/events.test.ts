import { describe, test } from 'bun:test'
import { EVENT_BEHAVIOURS } from '../testing/event-behaviours'
import { EVENT_FUNCTION } from '../testing/event-function'
import { useInstances } from '../testing/use-instances'

describe.each(['bun', 'node'] as const)('events, in %s', (engine) => {
  const { start } = useInstances(engine)
  for (const { name, run } of EVENT_BEHAVIOURS) {
    test.skipIf(Bun.which('node') === null && engine === 'node')(name, async () => run(await start(EVENT_FUNCTION)))
  }
})
