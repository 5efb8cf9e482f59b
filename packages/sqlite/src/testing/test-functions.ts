import type { SqlFunction } from '../connection'

export const TEST_FUNCTIONS: readonly SqlFunction[] = [{ name: 'twice', arity: 1, fn: (n) => Number(n) * 2 }]
