import type { ApiRequest } from '@koyalite/kernel'
import { accessOf } from '@koyalite/query'
import { USERS } from '@koyalite/schema'
import type { ExplainContext } from '../rules-context'

/** Throws FORBIDDEN for a caller whom rules keep from reading all of these collections. */
export function requireReader(
  { schema }: Pick<ExplainContext, 'schema'>,
  { actor, method, ip, time }: ApiRequest,
  names: Iterable<string>,
): void {
  const access = accessOf(schema, actor, { method, ip, time, headers: {} })
  for (const name of names) {
    const collection = schema.collections.get(name)
    if (collection && !access.bypasses(collection, 'read')) throw access.refusal(collection, 'read')
  }
}

/** What is asked as a user tells what rules see of them: address, role, claims. Throws FORBIDDEN. */
export function requireActorReader(context: Pick<ExplainContext, 'schema'>, request: ApiRequest, as: unknown): void {
  if (typeof as === 'string' && as.startsWith('user:')) requireReader(context, request, [USERS])
}
