import { AppError, type Tx } from '@koyalite/contracts'
import { z } from 'zod'
import { type AuthContext, charge, type RequestContext } from '../../auth-context'
import { consumeOneTimeToken, insertOneTimeToken } from '../../store/one-time-tokens'
import type { SignInMethod } from '../../store/sessions'
import { hashSecret, randomSecret } from '../../tokens/secret'
import { secretInput } from '../inputs'
import { type SignIn, signInUser } from '../sign-in/sign-in-user'
import { type FlowBinding, type FlowProof, isSameClient, verifierInput } from './flow-binding'

/** A code in an address is used at once, by the page that it leads to. */
const EXCHANGE_TTL = 60_000

interface Exchange extends FlowBinding {
  readonly method: SignInMethod
}

/** A code that the client that began the flow exchanges for the session. */
export function issueExchangeCode(
  tx: Tx,
  request: RequestContext,
  { userId, method, flow }: { readonly userId: string; readonly method: SignInMethod; readonly flow: FlowBinding },
): string {
  const code = randomSecret()
  const data: Exchange = { method, browser: flow.browser, challenge: flow.challenge }
  const expiresAt = request.time + EXCHANGE_TTL
  insertOneTimeToken(tx, { hash: hashSecret(code), purpose: 'oauth_exchange', subject: userId, data, expiresAt })
  return code
}

export const exchangeInput = z.strictObject({ code: secretInput, code_verifier: verifierInput.optional() })
export type ExchangeInput = z.output<typeof exchangeInput>

/**
 * Returns the session for a code that came with a redirect, once, to the client that began. Sent by another one the
 * code is consumed: the client that sends it has it. Throws UNAUTHENTICATED.
 */
export async function exchangeOAuthCode(
  context: AuthContext,
  request: RequestContext,
  { code, code_verifier: verifier, browserSecret }: ExchangeInput & Pick<FlowProof, 'browserSecret'>,
): Promise<SignIn> {
  charge(context, request, { name: 'login', rate: context.settings.auth.rate_limit.login })
  const { value } = await context.database.write((tx) => {
    const known = consumeOneTimeToken(tx, 'oauth_exchange', hashSecret(code), request.time)
    if (!known?.subject || !context.users.byId(tx, known.subject)) return null
    const exchange = known.data as Exchange
    if (!isSameClient(exchange, { browserSecret, verifier })) return null
    return signInUser(context, tx, { userId: known.subject, method: exchange.method, request })
  })
  if (value === null) throw notBegunHere()
  return value
}

/** One response for a code that is wrong, used, too old, or of a flow that another client began. */
function notBegunHere(): AppError {
  return new AppError(
    'UNAUTHENTICATED',
    'The code has expired or was already used, or the sign-in was started elsewhere. Send it once, within a minute, from the browser that started the sign-in (with its cookie) or with the code_verifier; otherwise sign in again.',
  )
}
