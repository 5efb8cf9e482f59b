import { beside, type Target } from '../target'
import { closed, type LoadCell, loadScenario } from './load-scenario'

const [ANONYMOUS, SIGNED_IN, ALONE, WITH_LOGINS] = [
  'anonymous reads, c=64',
  'signed-in reads, c=64',
  '1,000/s mixed',
  '1,000/s mixed, logins beside',
] as const

/** What "unaffected" is taken for: two runs of the same load differ by nearly as much. */
const UNAFFECTED = 1.5

const MIXED: Pick<LoadCell, 'operation' | 'access' | 'pace' | 'longer'> = {
  operation: 'mixed',
  access: 'membership',
  pace: { kind: 'open', perSecond: 1_000, connections: 64 },
  // One write in ten: their p99 wants some of them.
  longer: 2,
}

export const LOGINS = loadScenario({
  id: 'S9',
  title: 'logins beside reads and writes; signed-in reads beside anonymous ones',
  note:
    'KoyaLite hashes with argon2id (19 MiB, 2 rounds), PocketBase with bcrypt (cost 10): logins/s of the two are not the same work. Hashes share the ' +
    "server's core with everything else. Limits on sign-in (5 a minute by default) are set out of reach in koyalite.yaml, and count all the same.",
  messages: { full: 10_000, quick: 2_000 },
  targets: [
    ...beside(SIGNED_IN, { other: ANONYMOUS, atLeast: 0.9 }),
    ...unaffected('koyalite'),
    ...unaffected('pocketbase'),
  ],
  cells: () => [
    { name: ANONYMOUS, operation: 'read', access: 'open', pace: closed(64), requests: 100_000 },
    { name: SIGNED_IN, operation: 'read', access: 'signed in', pace: closed(64), requests: 100_000 },
    { name: ALONE, ...MIXED },
    { name: WITH_LOGINS, ...MIXED, logins: { connections: 4 } },
    { name: 'logins alone, c=8', operation: 'login', access: 'signed in', pace: closed(8) },
  ],
  servers: (peers) => peers.filter(({ kind }) => kind !== 'floor'),
})

function unaffected(peer: string): readonly Target[] {
  return ['read p99 ms', 'write p99 ms'].map((figure) => ({
    says: `${peer}: ${figure} with logins / without${peer === 'koyalite' ? ` < ${UNAFFECTED}` : ''}`,
    of: { cell: WITH_LOGINS, peer, figure },
    over: { cell: ALONE, peer, figure },
    ...(peer === 'koyalite' ? { bound: { below: UNAFFECTED } } : {}),
  }))
}
