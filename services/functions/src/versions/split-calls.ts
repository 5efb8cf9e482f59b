import type { Actor } from '@koyalite/contracts'
import { addressBucket } from '@koyalite/kernel'
import type { Split } from '../store/function-splits'
import type { LoadedFunction } from './loaded-function'

/** Who calls, so that one caller is one; null where nobody in particular does. */
export function callerKey(actor: Actor, ip: string): string | null {
  if (actor.kind === 'system') return null
  return 'id' in actor ? `${actor.kind} ${actor.id}` : `ip ${addressBucket(ip)}`
}

/**
 * Whether a call goes to the version that gets a share. A caller stays with a version for as long as the share does not shrink: whoever is among the first 10
 * percent is among the first 20.
 */
export function isInShare(name: string, { version, percent }: Split, caller: string | null): boolean {
  if (caller === null) return Math.random() * 100 < percent
  return Number(Bun.hash(`${name}@${version} ${caller}`) % 10_000n) < percent * 100
}

/**
 * Why a version cannot get a share of the calls of another one; null where it can. Who may call, and which requests, is decided before it is known which of the two
 * runs.
 */
export function splitProblem(serving: LoadedFunction, other: LoadedFunction): string | null {
  const differs = COMPARED.filter(([, of]) => !Bun.deepEquals(of(serving), of(other))).map(([key]) => key)
  if (differs.length === 0) return null
  return `Versions ${serving.version} and ${other.version} of ${serving.name} differ in ${differs.join(', ')}: let the one or the other serve as a whole.`
}

const COMPARED: readonly (readonly [string, (fn: LoadedFunction) => unknown])[] = [
  ['the kind of function (an input, or requests)', ({ kind }) => kind],
  ['access', ({ accessText }) => accessText],
  ['auth', ({ auth }) => auth],
  ['admin', ({ isAdmin }) => isAdmin],
  ['run_as', ({ runsAsSystem }) => runsAsSystem],
  ['whether it runs jobs (queue)', ({ queue }) => queue !== null],
  ['route', ({ route }) => route],
  ['methods', ({ methods }) => methods],
  ['cors', ({ hasOwnCors }) => hasOwnCors],
]
