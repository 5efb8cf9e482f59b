import { type Actor, AppError, type ChangedIdentity } from '@koyalite/contracts'
import { addressBucket } from '@koyalite/kernel'
import { addTo, eachOf, removeFrom, type SmallSet, sizeOf } from '../engine/small-set'
import type { EndReason, Session } from './session'

export interface RegistryLimits {
  readonly maxSockets: () => number
}

/** One actor, or one address, may have this part of all connections. */
const SHARE = 0.75

/** All open connections, by who is at their other end. */
export class SessionRegistry {
  readonly #sessions = new Set<Session>()
  readonly #byName = new Map<string, SmallSet<Session>>()
  readonly #byAddress = new Map<string, number>()
  readonly #limits: RegistryLimits

  constructor(limits: RegistryLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#sessions.size
  }

  get subscriptionCount(): number {
    let count = 0
    for (const session of this.#sessions) count += session.subscriptionCount
    return count
  }

  [Symbol.iterator](): Iterator<Session> {
    return this.#sessions[Symbol.iterator]()
  }

  /** Throws UNAVAILABLE if there is no room for another connection, RATE_LIMITED if there is none for this client. */
  requireRoom(actor: Actor, { ip, isLocal }: { readonly ip: string; readonly isLocal: boolean }): void {
    const most = this.#limits.maxSockets()
    if (this.#sessions.size >= most) {
      throw new AppError('UNAVAILABLE', 'The server has reached its maximum number of open connections.', {
        headers: { 'retry-after': '10' },
      })
    }
    const share = Math.max(1, Math.floor(most * SHARE))
    const actorName = namesOf(actor).at(-1)
    const ofActor = actorName === undefined ? 0 : sizeOf(this.#byName.get(actorName) ?? null)
    const ofAddress = isLocal ? 0 : (this.#byAddress.get(addressBucket(ip)) ?? 0)
    if (ofActor >= share || ofAddress >= share) {
      throw new AppError('RATE_LIMITED', 'You have too many open connections.', {
        headers: { 'retry-after': '10' },
      })
    }
  }

  add(session: Session): void {
    this.#sessions.add(session)
    const address = addressBucket(session.ip)
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1)
    this.#index(session)
    session.confirm()
  }

  remove(session: Session): void {
    if (!this.#sessions.delete(session)) return
    const address = addressBucket(session.ip)
    const left = (this.#byAddress.get(address) ?? 1) - 1
    if (left === 0) this.#byAddress.delete(address)
    else this.#byAddress.set(address, left)
    this.#unindex(session)
  }

  /** `change` makes the session somebody else's. */
  rename(session: Session, change: () => void): void {
    this.#unindex(session)
    change()
    if (!this.#sessions.has(session)) return
    this.#index(session)
    session.confirm()
  }

  reconsider(changed: ChangedIdentity): void {
    const concerned =
      changed.kind === 'anything' ? this.#sessions : eachOf(this.#byName.get(`${changed.kind} ${changed.id}`) ?? null)
    for (const session of [...concerned]) session.reconsider()
  }

  endAll(reason: EndReason): void {
    for (const session of [...this.#sessions]) session.outlet.end(reason)
  }

  #index(session: Session): void {
    for (const name of namesOfSession(session)) {
      this.#byName.set(name, addTo(this.#byName.get(name) ?? null, session))
    }
  }

  #unindex(session: Session): void {
    for (const name of namesOfSession(session)) {
      const left = removeFrom(this.#byName.get(name) ?? null, session)
      if (left === null) this.#byName.delete(name)
      else this.#byName.set(name, left)
    }
  }
}

/** The keys that identify a change of whom a session is. */
function namesOfSession({ actor, sessionId }: Session): readonly string[] {
  const names = namesOf(actor)
  const own = `session ${sessionId}`
  return sessionId === undefined || names.includes(own) ? names : [own, ...names]
}

/** The keys that identify a change of an actor; the last one is the actor itself. */
function namesOf(actor: Actor): readonly string[] {
  switch (actor.kind) {
    case 'anonymous':
    case 'system':
      return []
    case 'service_key':
      return [`service_key ${actor.id}`]
    case 'user':
    case 'operator':
      return [
        `session ${actor.sessionId}`,
        ...(actor.kind === 'user' && actor.impersonator ? [`operator ${actor.impersonator.id}`] : []),
        `${actor.kind} ${actor.id}`,
      ]
  }
}
