import { figureBound } from '../target'
import { loadScenario } from './load-scenario'

const rate = (perSecond: number) => `${perSecond.toLocaleString('en')}/s`

export const OPEN_LOOP = loadScenario({
  id: 'S5',
  title: 'open loop, 90 % reads 10 % writes',
  note:
    'Requests are due at a fixed rate; latency counts from when one was due, not from when a connection was free to send it. A rate is kept if every request ' +
    'was answered, at least 97 % of them in the time; who loses one is not asked for higher ones.',
  messages: { full: 10_000, quick: 2_000 },
  ladder: true,
  targets: [figureBound(rate(8_000), 'read p99 ms', { below: 5 })],
  cells: ({ quick }) =>
    (quick ? [1_000, 8_000] : [1_000, 2_000, 4_000, 8_000, 16_000]).map((perSecond) => ({
      name: rate(perSecond),
      operation: 'mixed',
      access: 'open',
      pace: { kind: 'open', perSecond, connections: 64 },
    })),
})
