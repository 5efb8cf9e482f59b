import type { Isolations } from './choose-isolation'
import type { Isolation } from './isolation'

const STRENGTH = { process: 0, sandbox: 1, container: 2 } as const

/** Why something that would run so must not; null where it may. @param least `functions.min_isolation` */
export function tooWeak(isolations: Isolations, chosen: Isolation, least: Isolation['name'] | null): string | null {
  if (least === null || STRENGTH[chosen.name] >= STRENGTH[least]) return null
  const why = isolations.whyNot(least) ?? 'change one of them'
  return `would run as a ${chosen.name}, and functions.min_isolation is ${least}: ${why}`
}
