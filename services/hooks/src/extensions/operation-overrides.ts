import type { OperationOverrides } from '@koyalite/contracts'
import { asLaterKoyaErrors } from '../running/hook-context'
import type { RunnableHook } from '../running/hook-stats'
import { copied, wireOf } from '../running/wire-values'
import { callOf, type ExtensionParts, runLater } from './run-extension'

/** As calls of functions by default. */
const LIMIT_MS = 30_000

/** Writes of users that code of the project makes instead. */
export function operationOverrides(parts: ExtensionParts, hooks: readonly RunnableHook[]): OperationOverrides {
  const by = new Map(hooks.filter(({ kind }) => kind === 'operation').map((hook) => [hook.name, hook]))
  return {
    of(collection, operation) {
      const hook = by.size === 0 ? undefined : by.get(`${collection}.${operation}`)
      if (hook === undefined) return null
      return async (call, { data, next }) => {
        const more = {
          id: call.id,
          next: (changed?: unknown) =>
            asLaterKoyaErrors(() =>
              changed === undefined
                ? next()
                : next(copied(wireOf(changed, hook.place) as Parameters<typeof copied>[0])),
            ),
        }
        const args = data === null ? [] : [copied(data)]
        const asked = { call: callOf(call, collection, operation), more, args, limitMs: LIMIT_MS }
        const returned = await runLater(parts, hook, asked)
        return returned === undefined ? undefined : wireOf(returned, hook.place)
      }
    },
  }
}
