import {
  type AuthHookCall,
  type HookValues,
  SYSTEM,
  type Tx,
  type UserFields,
  type UserRequest,
} from '@koyalite/contracts'
import type { AuthContext } from '../../auth-context'

/** A registration: whose it is, and what is to be stored. */
export interface Registering {
  readonly method: string
  readonly request: UserRequest
  /** Id of the anonymous user who becomes a full one. */
  readonly promoted: string | null
  readonly fields: UserFields
  readonly server: UserFields
}

/** What was sent, and what the server and hooks say: of that no rights are asked. */
export type RegisteredValues = Pick<Registering, 'fields' | 'server'>

/** What a registration stores once the project's hooks have seen it. Throws what they throw. */
export function beforeRegister(context: AuthContext, tx: Tx, registering: Registering): RegisteredValues {
  const { fields, server, promoted } = registering
  const hooks = context.hooks()
  if (!hooks?.has('beforeRegister')) return { fields, server }
  const id = promoted ?? Bun.randomUUIDv7()
  const stored = promoted === null ? {} : userValues(context, tx, promoted)
  const before = { ...stored, ...fields, ...server, id } as HookValues
  const after = hooks.beforeRegister(tx, authHookCall(registering.request, registering.method), before)
  for (const name of ['id', 'email']) {
    // The proof of an address is of this one.
    if (!isSame(after[name], before[name])) throw new Error(`beforeRegister must not change '${name}'`)
  }
  const changed = Object.entries(after).filter(([name, value]) => !isSame(value, before[name]))
  const isUnchanged = ([name, value]: [string, unknown]) => isSame(after[name], value)
  return {
    fields: Object.fromEntries(Object.entries(fields).filter(isUnchanged)),
    server: {
      ...Object.fromEntries(Object.entries(server).filter(isUnchanged)),
      ...Object.fromEntries(changed),
      ...(promoted === null && { id }),
    },
  }
}

/** Hooks are notified when the account is committed. */
export function afterRegister(
  context: AuthContext,
  tx: Tx,
  { userId, method, request }: Pick<Registering, 'method' | 'request'> & { readonly userId: string },
): void {
  const hooks = context.hooks()
  if (!hooks?.has('afterRegister')) return
  const user = userValues(context, tx, userId)
  tx.afterCommit(() => hooks.after('afterRegister', authHookCall(request, method), user))
}

/** A user's document as hooks see it. */
export function userValues(context: AuthContext, tx: Tx, id: string): HookValues {
  return JSON.parse(context.users.document(tx, id, SYSTEM) ?? '{}') as HookValues
}

export function authHookCall({ actor, time, ip, requestId }: UserRequest, method: string): AuthHookCall {
  return { method, actor, time, ip: ip ?? '', requestId }
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
