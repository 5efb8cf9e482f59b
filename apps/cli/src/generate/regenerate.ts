import { hasGenerated } from '@koyalite/codegen'
import { CommandError } from '../command-error'
import { formatDuration, paint } from '../terminal'
import { generate, type Target } from './client-files'

export interface Regenerated {
  /** For the line of the change; empty where there was nothing to do. */
  readonly done: string
  /** What is wrong. */
  readonly lines: readonly string[]
}

/** For `dev`: regenerates clients where `generate` has run before; undefined elsewhere. */
export async function regenerate(
  { folder, ...target }: Omit<Target, 'functions'>,
  functions: () => Promise<Target['functions']>,
): Promise<Regenerated | undefined> {
  if (!hasGenerated(folder)) return undefined
  const started = performance.now()
  try {
    const { written, removed } = generate({ ...target, folder, functions: await functions() })
    if (written.length + removed.length === 0) return { done: '', lines: [] }
    return { done: `${paint('green', '✓ clients')}  (${formatDuration(performance.now() - started)})`, lines: [] }
  } catch (error) {
    // Whatever it was (a full disk, say), the server goes on, and the next change is tried again.
    const advice = error instanceof CommandError && error.advice !== undefined ? [error.advice] : []
    const message = error instanceof Error ? error.message : String(error)
    return { done: paint('red', 'clients not generated'), lines: [...message.split('\n'), ...advice] }
  }
}
