import { type Body, deltaText } from './messages'
import { addTo, eachOf, removeFrom, type SmallSet, sizeOf } from './small-set'
import type { Subscription } from './subscription'

/** From so many subscriptions on the native server multiplies a message. */
const PUBLISH_FROM = 4
/** So many get a message at a time: sending it takes a millisecond or less. */
const MAX_MEMBERS = 256
/** What one connection may have waiting; beyond, it is behind. */
const MAX_BUFFERED = 1024 * 1024

let topics = 0

/**
 * Some of the subscriptions of a group that have the same id: they get the same delta, at the same time. Where they have the same stamp as
 * well, since they all are nobody, it is the same text, which is published.
 */
export class Shard {
  /** As the clients know their subscriptions. */
  readonly id: string
  /** That of all members; null where each has its own. */
  readonly stamp: string | null
  #topic: string | null = null
  #members: SmallSet<Subscription> = null

  constructor(id: string, stamp: string | null) {
    this.id = id
    this.stamp = stamp
  }

  get size(): number {
    return sizeOf(this.#members)
  }

  get isFull(): boolean {
    return this.size >= MAX_MEMBERS
  }

  get members(): Iterable<Subscription> {
    return eachOf(this.#members)
  }

  join(subscription: Subscription): void {
    const { topics: native } = subscription.subscriber.outlet
    subscription.shard = this
    subscription.isPublished = native !== null && this.stamp !== null && this.size + 1 >= PUBLISH_FROM
    this.#members = addTo(this.#members, subscription)
    if (!subscription.isPublished) return
    this.#topic ??= `l${(topics++).toString(36)}`
    native?.join(this.#topic)
  }

  leave(subscription: Subscription): void {
    this.#members = removeFrom(this.#members, subscription)
    if (subscription.isPublished && this.#topic !== null) subscription.subscriber.outlet.topics?.leave(this.#topic)
    subscription.shard = null
  }

  /** Sends to all but those who are behind, which leave. Returns how many received it. */
  send(body: Body): number {
    let behind: Subscription[] | null = null
    let publisher: Subscription | null = null
    const { id } = this
    let { stamp } = this
    let text = stamp === null ? '' : deltaText({ id, stamp }, body)
    for (const member of this.members) {
      const { outlet } = member.subscriber
      if (outlet.buffered > MAX_BUFFERED) {
        behind ??= []
        behind.push(member)
        continue
      }
      if (member.isPublished) publisher = member
      else {
        if (member.stamp !== stamp) {
          stamp = member.stamp
          text = deltaText({ id, stamp }, body)
        }
        outlet.send(text)
      }
    }
    if (behind !== null) for (const member of behind) member.subscriber.fallBehind()
    if (publisher !== null && this.#topic !== null) publisher.subscriber.outlet.topics?.publish(this.#topic, text)
    return this.size
  }
}
