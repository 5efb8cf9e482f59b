import type { Network } from '../source/manifest/network'

/**
 * What the code of a function is told where it may not connect.
 * @param network of its manifest; null while it is loaded to be described
 */
export function refusalFor(name: string, network: Network | null): (place: string) => string {
  return (place) => {
    if (network === null) return `${name} asks for ${place} while it is loaded: only calls reach the network.`
    const named = typeof network === 'string' ? [] : network.map(({ host, port }) => `${host}:${port}`)
    return `${name} may not reach ${place}: add it to its manifest: network: [${[...named, place].join(', ')}]`
  }
}
