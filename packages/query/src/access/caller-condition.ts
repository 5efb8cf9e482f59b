import type { Actor } from '@koyalite/contracts'
import type { JsonValue, Schema } from '@koyalite/schema'
import { checkCondition } from '../cel/check/check-cel'
import { compileStaticDecision } from '../cel/check/static-decision'
import { authFacts, type RequestContext, withBody } from './access-of'
import { scopeAt } from './check-expression'

/** Whether a caller meets a condition. `input` is `request.body`; null where there is none. */
export type CallerCondition = (actor: Actor, request: RequestContext, input: JsonValue) => 'allowed' | 'denied'

/**
 * Compiles a condition on the caller and the request alone, such as the `access` of a function. An error in it denies. As in rules,
 * only users are somebody: `auth.id` of an operator or a key is null.
 * @throws CelError for one that `checkExpression` would have found
 */
export function compileCallerCondition(schema: Schema, source: string): CallerCondition {
  const decide = compileStaticDecision(checkCondition(source, scopeAt(schema, { kind: 'caller' })))
  return (actor, request, input) => {
    const facts = { auth: authFacts(schema, actor), request: withBody(request, input) }
    return decide(facts) === 'always' ? 'allowed' : 'denied'
  }
}
