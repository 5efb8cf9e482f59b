import { AppError, type CollectionHooks, type DocumentHooks } from '@koyalite/contracts'

/**
 * Stands for hooks that cannot be loaded, where the server is not to be stopped by them: a command that repairs something. Nothing is written without what the
 * project asks for.
 */
export function refusedWrites(problem: string): DocumentHooks {
  const refuse = (): never => {
    throw new AppError(
      'UNAVAILABLE',
      `The hooks of this project cannot be loaded, so nothing is written: ${problem}. To write without them: --no-hooks`,
    )
  }
  const all: CollectionHooks = {
    has: (stage) => stage === 'before',
    prepare: async () => refuse(),
    before: refuse,
    after: () => {},
  }
  return { of: () => all }
}
