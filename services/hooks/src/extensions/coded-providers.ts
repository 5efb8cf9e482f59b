import { ANONYMOUS, type CodedProvider } from '@koyalite/contracts'
import type { RunnableHook } from '../running/hook-stats'
import { callOf, type ExtensionParts, runLater } from './run-extension'

/** As other providers are waited for. */
const LIMIT_MS = 10_000

/** Providers of accounts that are code of the project. */
export function codedProviders(parts: ExtensionParts, hooks: readonly RunnableHook[]): readonly CodedProvider[] {
  const run = (hook: RunnableHook | undefined, input: object) => {
    if (hook === undefined) throw new Error('a provider has both of its functions')
    const nobody = { actor: ANONYMOUS, time: Date.now(), ip: '', requestId: null }
    return runLater(parts, hook, {
      call: callOf(nobody, 'users', 'update'),
      more: {},
      args: [input],
      limitMs: LIMIT_MS,
    })
  }
  const parted = Map.groupBy(
    hooks.filter(({ provider }) => provider !== undefined),
    ({ provider }) => provider?.name ?? '',
  )
  return [...parted.values()].flatMap((own) => {
    const part = (wanted: string) => own.find(({ provider }) => provider?.part === wanted)
    const facts = own[0]?.provider
    if (facts === undefined) return []
    const { name, label, formPost } = facts
    return {
      ...{ name, label, formPost },
      begin: async (input) => String(await run(part('begin'), input)),
      callback: (input) => run(part('callback'), input),
    }
  })
}
