import type { Tx } from '@koyalite/contracts'
import { type AuthContext, audit, type RequestContext } from '../../auth-context'
import { findOperator } from '../../store/operators'
import { findTotp } from '../../store/totp'
import { factorId } from '../second-factor/totp-secret'
import { beginSession } from '../sessions/begin-session'
import { askSecondFactor, type SecondFactor, type SignIn } from '../sign-in/sign-in-user'

/**
 * Signs an operator in who has proved the password, inside the write that checked it. Null for who is not welcome any
 * more.
 */
export function signInOperator(
  context: AuthContext,
  tx: Tx,
  who: {
    readonly operator: { readonly id: string }
    readonly request: RequestContext
    readonly secondFactor?: SecondFactor
  },
): SignIn | null {
  const { request } = who
  const operator = findOperator(tx, who.operator.id)
  if (operator?.disabledAt !== null) return null
  const actor = { kind: 'operator', id: operator.id, name: operator.email } as const
  if (!who.secondFactor?.done && findTotp(tx, factorId(actor))?.active)
    return askSecondFactor(context, tx, request, { actor, method: 'password' })
  const open = beginSession(context, tx, { kind: 'operator', subject: operator.id, method: 'password', request })
  audit(context, tx, request, { event: 'admin.login', actor, details: { session_id: open.session.id } })
  return { kind: 'signed_in', open }
}
