import type { Variables } from './expand-variables'

/** The environment of this process. The one place that reads it: everything else is given what it needs. */
export function processEnvironment(): Variables {
  return process.env
}
