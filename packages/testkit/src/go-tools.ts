/** Whether functions and clients in Go can be built here. Tests are left out where they cannot. */
export const hasGo = Bun.which('go') !== null

/** Where Go keeps what it has compiled: for servers of tests, so that its library is not compiled once for each. */
export function goCache(): string {
  return Bun.spawnSync(['go', 'env', 'GOCACHE']).stdout.toString().trim()
}
