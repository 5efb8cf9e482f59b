import type { FieldValidators, JsonValue } from '@koyalite/contracts'
import { HookFailed } from '../running/hook-errors'
import type { RunnableHook } from '../running/hook-stats'
import type { RunParts } from '../running/run-hooks'
import { runAtOnce } from '../running/run-hooks'

/** Characters of what a validator says of a value. */
const MAX_MESSAGE = 500

/** The validators of the project's own types. */
export function fieldValidators(parts: RunParts, hooks: readonly RunnableHook[]): FieldValidators {
  const by = new Map(hooks.filter(({ kind }) => kind === 'type').map((hook) => [hook.name, hook]))
  return {
    of(name) {
      const hook = by.get(name)
      if (hook === undefined) return null
      return (value: JsonValue) => {
        const said = runAtOnce(parts, hook, () => {
          const returned = hook.run(structuredClone(value))
          // Anything else would let values in that nobody has judged.
          if (returned === true || typeof returned === 'string') return returned
          throw new HookFailed('a validator returns true, or a text that says what is wrong')
        })
        return said === true ? null : String(said).slice(0, MAX_MESSAGE)
      }
    },
  }
}
