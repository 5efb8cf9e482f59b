import type { Subscription } from './subscription'

/** From so many subscriptions on the native server multiplies a message. */
const PUBLISH_FROM = 4
/** What one connection may have waiting; beyond, it is behind. */
export const MAX_BUFFERED = 1024 * 1024

let lanes = 0

/** The subscriptions of a group that have the same id: they get the same text. */
export class Lane {
  readonly id: string
  readonly #topic = `l${(lanes++).toString(36)}`
  readonly #members = new Set<Subscription>()
  /** Those that are sent to one by one. */
  readonly #single = new Set<Subscription>()

  constructor(id: string) {
    this.id = id
  }

  get size(): number {
    return this.#members.size
  }

  get members(): Iterable<Subscription> {
    return this.#members
  }

  has(subscription: Subscription): boolean {
    return this.#members.has(subscription)
  }

  join(subscription: Subscription): void {
    const { topics } = subscription.subscriber.outlet
    if (topics !== null && this.#members.size + 1 >= PUBLISH_FROM) {
      topics.join(this.#topic)
    } else {
      this.#single.add(subscription)
    }
    this.#members.add(subscription)
  }

  leave(subscription: Subscription): boolean {
    if (!this.#members.delete(subscription)) return false
    if (!this.#single.delete(subscription)) subscription.subscriber.outlet.topics?.leave(this.#topic)
    return true
  }

  /** Sends to all but those who are behind: they are told apart, and leave. */
  publish(text: string): number {
    let behind: Subscription[] | null = null
    let publisher: Subscription | null = null
    for (const member of this.#members) {
      if (member.subscriber.outlet.buffered > MAX_BUFFERED) {
        behind ??= []
        behind.push(member)
      } else if (!this.#single.has(member)) {
        publisher = member
      }
    }
    if (behind !== null) for (const member of behind) member.subscriber.fallBehind()
    for (const member of this.#single) member.subscriber.outlet.send(text)
    publisher?.subscriber.outlet.topics?.publish(this.#topic, text)
    return this.#members.size
  }
}
