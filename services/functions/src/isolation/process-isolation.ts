import type { ControlGroups } from './control-groups'
import type { Isolation } from './isolation'
import { spawnConfined } from './spawn-confined'

/**
 * A process like any other of the server's user, without its environment. It keeps an accident away from the server, not an attacker: files and the
 * network of the machine are within reach.
 */
export function processIsolation(groups: ControlGroups | null): Isolation {
  return {
    name: 'process',
    socketsFolder: ({ sockets }) => sockets,
    start: ({ command, env, cwd }, confinement) =>
      spawnConfined(
        { command: ['/bin/sh', '-c', `${LIMITS}; exec "$@"`, 'sh', ...command], env, cwd },
        confinement,
        groups,
      ),
  }
}

/** No core dumps, and not all descriptors of the machine. */
export const LIMITS = 'ulimit -c 0; ulimit -n 4096'
