import type { Actor } from '@koyalite/contracts'
import type { Rate } from '../config/units'
import type { UnidentifiedRequest } from '../http/route'
import { addressBucket } from './address-bucket'
import { rateLimited, requireAllowed } from './rate-headers'
import type { Charge, RateLimiter } from './rate-limiter'

/** `auth.rate_limit` of the settings, as far as it is about requests in general. Null: no limit. */
export interface RequestLimitSettings {
  /** Requests per IP address, and per account or key. */
  readonly api: Rate | null
  /** Requests to some routes: `POST /api/functions/:name`, where a step with a colon stands for anything, and a last `*` for any rest. */
  readonly routes?: Readonly<Record<string, Rate | null>>
}

/** Where nobody has chosen a limit. */
const DEFAULT_API: Rate = { count: 1000, per: 60_000 }

type Authenticate = (request: UnidentifiedRequest) => Actor | Promise<Actor>

/** The general limits on requests. What was charged to them outlives other settings. */
export interface RequestLimits {
  /** From now on the limits are these. */
  use(settings: RequestLimitSettings): void
  /**
   * The same, with limits: on the address before it is decided who the actor is, so that guessing tokens counts too, then on the account or key,
   * from however many addresses it comes. Throws RATE_LIMITED. Stays synchronous where what it wraps is.
   */
  limited(authenticate: Authenticate): Authenticate
  /** What a request counts beyond the one it is: the other operations of a batch. Throws RATE_LIMITED. */
  charge(request: UnidentifiedRequest & { readonly actor: Actor }, cost: number): void
  /** A message over a connection that is open already. Throws RATE_LIMITED. */
  chargeMessage(sender: MessageSender): void
}

/** Who is at the other end of a connection. */
export interface MessageSender extends Pick<UnidentifiedRequest, 'ip' | 'isLocal' | 'isUnlimited'> {
  readonly actor: Actor
}

export function createRequestLimits(limiter: RateLimiter, first: RequestLimitSettings): RequestLimits {
  let { api, rules, exemptsLocal } = readLimits(first)

  function isExempt({ isUnlimited, isLocal }: Pick<UnidentifiedRequest, 'isLocal' | 'isUnlimited'>): boolean {
    return exemptsLocal && !isUnlimited && isLocal
  }

  /** @param whom `ip 192.0.2.1`, `user 0190…` */
  function chargesFor(request: UnidentifiedRequest, whom: string): readonly Charge[] {
    const general = isExempt(request) ? [] : [{ bucket: `api ${whom}`, rate: api }]
    if (rules.length === 0) return general
    const own = rules.filter(({ matches }) => matches(request.method, request.path))
    return [...general, ...own.map(({ route, rate }) => ({ bucket: `${route} ${whom}`, rate }))]
  }

  function charge(request: UnidentifiedRequest, charges: readonly Charge[], cost = 1): void {
    if (charges.length > 0) requireAllowed(request, limiter.take(charges, cost))
  }

  function admitActor(request: UnidentifiedRequest, actor: Actor): Actor {
    const whom = accountOf(actor)
    if (whom !== null) charge(request, chargesFor(request, whom))
    return actor
  }

  return {
    use(settings) {
      ;({ api, rules, exemptsLocal } = readLimits(settings))
    },
    limited: (authenticate) => (request) => {
      charge(request, chargesFor(request, `ip ${addressBucket(request.ip)}`))
      const actor = authenticate(request)
      return actor instanceof Promise ? actor.then((later) => admitActor(request, later)) : admitActor(request, actor)
    },
    charge(request, cost) {
      if (cost <= 0 || request.actor.kind === 'system') return
      const whom = accountOf(request.actor)
      const charges = chargesFor(request, `ip ${addressBucket(request.ip)}`)
      charge(request, whom === null ? charges : [...charges, ...chargesFor(request, whom)], cost)
    },
    chargeMessage(sender) {
      if (isExempt(sender) || sender.isUnlimited || sender.actor.kind === 'system') return
      const whom = accountOf(sender.actor)
      const names = [`ip ${addressBucket(sender.ip)}`, ...(whom === null ? [] : [whom])]
      const state = limiter.take(names.map((name) => ({ bucket: `api ${name}`, rate: api })))
      if (state?.allowed === false) throw rateLimited(state.retryAfter)
    },
  }
}

function readLimits({ api, routes = {} }: RequestLimitSettings) {
  const rules = Object.entries(routes).map(([route, rate]) => ({ route, rate, matches: routeMatcher(route) }))
  // A limit that nobody chose must not slow down a job on this machine, whose requests all have one address.
  return { api, rules, exemptsLocal: api?.count === DEFAULT_API.count && api.per === DEFAULT_API.per }
}

/** An operator who acts as a user does not use up what that user may do. */
function accountOf(actor: Actor): string | null {
  if (actor.kind === 'user' && actor.impersonator !== undefined) return `operator ${actor.impersonator.id}`
  return 'id' in actor ? `${actor.kind} ${actor.id}` : null
}

function routeMatcher(route: string): (method: string, path: string) => boolean {
  const [wanted = '', pattern = ''] = route.split(' ', 2)
  const steps = pattern.split('/')
  const isPrefix = steps.at(-1) === '*'
  const fixed = isPrefix ? steps.slice(0, -1) : steps
  return (method, path) => {
    if (wanted !== '*' && wanted.toUpperCase() !== method) return false
    const given = path.split('/')
    if (isPrefix ? given.length <= fixed.length : given.length !== fixed.length) return false
    return fixed.every((step, index) => step.startsWith(':') || step === given[index])
  }
}
