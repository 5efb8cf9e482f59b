import type { Log } from '@koyalite/kernel'
import type { Instance } from '../pool/instance'
import { atMost } from './at-most'

const LINES = 100
const WITHIN_MS = 10_000

/** What instances write while no call runs in them, or several do, is in the server's log: a bounded part of it. */
export function createInstanceLog(
  log: Log,
): (instance: Instance, line: { readonly function: string; readonly message: string }) => void {
  const may = atMost<Instance>(LINES, WITHIN_MS)
  return (instance, { function: name, message }) => {
    const answer = may(instance)
    if (answer === 'no') return
    const where = { function: name, instance: instance.id }
    log.info({ ...where, output: message }, 'an instance of a function wrote a line')
    if (answer === 'last')
      log.warn(where, `an instance of the function ${name} writes too much: what follows within 10 s is left out`)
  }
}
