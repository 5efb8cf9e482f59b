import { availableParallelism } from 'node:os'

const CAN_PIN = availableParallelism() > 1 && Bun.which('taskset') !== null

/** What the results say about it. */
export const PINNING = CAN_PIN ? 'server on core 0, generator on core 1' : 'not pinned'

/** A command whose process stays on the core of the servers, where the machine has two. */
export function onServerCore(words: readonly string[]): readonly string[] {
  return CAN_PIN ? ['taskset', '-c', '0', ...words] : words
}

/** A command whose process stays off that core. */
export function onGeneratorCore(words: readonly string[]): readonly string[] {
  return CAN_PIN ? ['taskset', '-c', '1', ...words] : words
}
