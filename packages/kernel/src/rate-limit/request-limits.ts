import type { Actor } from '@koyalite/contracts'
import type { Rate } from '../config/units'
import type { UnidentifiedRequest } from '../http/route'
import { addressBucket } from './address-bucket'
import { requireAllowed } from './rate-headers'
import type { RateLimiter } from './rate-limiter'

/** The general limit on requests. */
export interface RequestLimits {
  /** Before it is decided who asks, so that guessing tokens counts too. Throws RATE_LIMITED. */
  admit(request: UnidentifiedRequest): void
  /**
   * What a request counts beyond the one it is, on its address and on whoever makes it: the operations of a batch. Throws RATE_LIMITED.
   * @param actor who makes it
   */
  charge(request: UnidentifiedRequest & { readonly actor: Actor }, cost: number): void
  /** Once it is known who asks: the limit counts for an account and a key too, from however many addresses. Throws RATE_LIMITED. */
  admitActor(actor: Actor): void
}

/** @param rate null for no limit */
export function createRequestLimits(limiter: RateLimiter, rate: Rate | null): RequestLimits {
  if (rate === null) return { admit() {}, charge() {}, admitActor() {} }
  const address = (ip: string) => ({ bucket: `api ip ${addressBucket(ip)}`, rate })
  const account = (actor: Actor) => ({ bucket: `api ${actor.kind} ${'id' in actor ? actor.id : ''}`, rate })
  return {
    admit: (request) => requireAllowed(limiter.take([address(request.ip)])),
    admitActor(actor) {
      if ('id' in actor) requireAllowed(limiter.take([account(actor)]))
    },
    charge(request, cost) {
      const { actor } = request
      if (cost <= 0 || actor.kind === 'system') return
      requireAllowed(limiter.take('id' in actor ? [address(request.ip), account(actor)] : [address(request.ip)], cost))
    },
  }
}
