import type { AuthHookCall, AuthHookName, AuthHooks } from '@koyalite/contracts'
import { HookFailed } from '../running/hook-errors'
import type { RunnableHook } from '../running/hook-stats'
import { copied, wireValues } from '../running/wire-values'
import { callOf, type ExtensionParts, runLater, runWithin } from './run-extension'

/** A hook after a sign-in that waits for longer is given up. */
const AFTER_MS = 60_000

/** The hooks of registrations and sign-ins: those of several files run in the order of their names. */
export function authHooks(parts: ExtensionParts, hooks: readonly RunnableHook[]): AuthHooks {
  const own = hooks.filter(({ kind }) => kind === 'auth')
  const of = (wanted: AuthHookName) => own.filter(({ name }) => name === wanted)
  return {
    has: (name) => own.some((hook) => hook.name === name),

    beforeRegister(tx, call, data) {
      let values = data
      for (const hook of of('beforeRegister')) {
        const given = copied(values)
        const inside = { tx, call: callOf(call, 'users', 'create'), more: methodOf(call), args: [given] }
        values = wireValues(runWithin(parts, hook, inside) ?? given, hook.place)
      }
      return values
    },

    beforeLogin(tx, call, user) {
      for (const hook of of('beforeLogin')) {
        const inside = { tx, call: callOf(call, 'users', 'update'), more: methodOf(call), args: [copied(user)] }
        runWithin(parts, hook, inside)
      }
    },

    after(name, call, user) {
      for (const hook of of(name)) {
        if (parts.whyOff(hook) !== null) continue
        const run = after(parts, hook, { name, call, args: [copied(user)] }).finally(() => parts.running.delete(run))
        parts.running.add(run)
      }
    },
  }
}

async function after(
  parts: ExtensionParts,
  hook: RunnableHook,
  { name, call, args }: { readonly name: string; readonly call: AuthHookCall; readonly args: readonly unknown[] },
): Promise<void> {
  try {
    // Once what committed the write is done with it.
    await null
    const operation = name === 'afterRegister' ? 'create' : 'update'
    const later = { call: callOf(call, 'users', operation), more: methodOf(call), args, limitMs: AFTER_MS }
    await runLater(parts, hook, later)
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof HookFailed ? error.cause : error
    parts.log.error({ err: cause, hook: hook.file }, `${hook.place} failed after the sign-in was stored`)
  }
}

function methodOf({ method }: AuthHookCall) {
  return { method }
}
