import { AppError, type Tx, type UserInput } from '@koyalite/contracts'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { findAccount, insertAccount, setPassword } from '../../store/accounts'
import { endSessionsOf } from '../sessions/end-sessions'
import { afterRegister, beforeRegister, type RegisteredValues, type Registering } from './register-hooks'

/**
 * Checks the document of somebody who registers: a new one, or that of the anonymous user (`promoted`) who becomes a
 * full one. The returned function lets hooks see it, writes it and returns the id. Throws VALIDATION_ERROR at once;
 * CONFLICT, and what hooks throw, from the function.
 */
export function registeredUser(context: AuthContext, registering: Registering): (tx: Tx) => string {
  const { promoted, method, request } = registering
  const write = (values: RegisteredValues) => writeOf(context, promoted, { ...values, by: 'own', request })
  const asSent = write(registering)
  return (tx) => {
    const values = beforeRegister(context, tx, registering)
    const isAsSent = values.fields === registering.fields && values.server === registering.server
    const userId = (isAsSent ? asSent : write(values))(tx)
    afterRegister(context, tx, { userId, method, request })
    return userId
  }
}

function writeOf(context: AuthContext, promoted: string | null, input: UserInput): (tx: Tx) => string {
  if (promoted === null) return context.users.create(input)
  const update = context.users.update(promoted, input)
  return (tx) => {
    // Of several at once, one promotes.
    if (!findAccount(tx, promoted).anonymous) throw new AppError('CONFLICT', 'You are already registered.')
    update(tx)
    return promoted
  }
}

export interface NewAccount {
  readonly userId: string
  /** Hash of the password. */
  readonly password: string
  readonly promoted: string | null
  /** Of the anonymous user's sessions, the one that stays open. */
  readonly keep: string | null
}

/** Gives a registered user the password; earlier sessions of an anonymous one end. */
export function openAccount(
  context: AuthContext,
  tx: Tx,
  request: RequestContext,
  { userId, password, promoted, keep }: NewAccount,
): void {
  if (promoted === null) insertAccount(tx, { userId, password, anonymous: false, at: request.time })
  else {
    setPassword(tx, userId, password, request.time)
    endSessionsOf(context, tx, { kind: 'user', id: userId, keep })
  }
  const event = promoted === null ? 'auth.registered' : 'auth.promoted'
  audit(context, tx, request, { event, target: { kind: 'user', id: userId } })
}
