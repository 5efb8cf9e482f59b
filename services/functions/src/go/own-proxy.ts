import { outputOf } from '../find-program'
import { firstUrl, hostOf, type Registry } from '../isolation/registries'

/** The proxy of modules that `go` goes to by itself. */
export async function ownProxy(command: string): Promise<Registry | null> {
  const env = { PATH: '/usr/bin:/bin', HOME: '/nonexistent', GOCACHE: '/nonexistent', GOENV: 'off' }
  const url = firstUrl((await outputOf([command, 'env', 'GOPROXY'], env)) ?? undefined)
  return url === undefined ? null : { url, hosts: [hostOf(url)] }
}
