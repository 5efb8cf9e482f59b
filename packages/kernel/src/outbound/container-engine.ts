import { existsSync } from 'node:fs'
import type { Variables } from '../config/expand-variables'

/**
 * The socket of Docker or Podman: of the setting, of DOCKER_HOST, or where they listen by themselves. Null where there is none.
 * @param variables the environment of the server
 */
export function findEngineSocket(setting: string | null, variables: Variables): string | null {
  if (setting !== null) return setting.replace(/^unix:\/\//, '')
  const { DOCKER_HOST: host = '', XDG_RUNTIME_DIR: runtime } = variables
  // Elsewhere than on this machine the folders that containers mount are not.
  if (host !== '') return host.startsWith('unix://') ? host.slice('unix://'.length) : null
  const places = [
    ...(runtime === undefined ? [] : [`${runtime}/podman/podman.sock`, `${runtime}/docker.sock`]),
    '/run/podman/podman.sock',
    '/var/run/docker.sock',
  ]
  return places.find((path) => existsSync(path)) ?? null
}
