import { totalmem } from 'node:os'
import { parseSize } from '@koyalite/kernel'
import type { FunctionPool } from './function-pool'

/**
 * Whether another instance fits. What is idle for longest elsewhere makes room.
 * @param setting `half` of the machine, or a size
 */
export function hasRoom(pools: ReadonlySet<FunctionPool>, memory: number, setting: string): boolean {
  const total = setting === 'half' ? totalmem() / 2 : (parseSize(setting) ?? totalmem() / 2)
  const reserved = () => [...pools].reduce((sum, pool) => sum + pool.reserved, 0)
  while (reserved() + memory > total) {
    const idle = [...pools].filter(({ idleSince }) => idleSince !== null)
    const longest = idle.sort((a, b) => (a.idleSince ?? 0) - (b.idleSince ?? 0))[0]
    if (longest?.yieldOne() !== true) return false
  }
  return true
}
