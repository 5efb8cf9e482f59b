import type { Delivery } from '../delivery/delivery'

/** Who follows deliveries while they look at them. Nothing is kept. */
export interface DeliveryNews {
  readonly isFollowed: boolean
  publish(delivery: Delivery): void
  /** @returns what ends it */
  follow(listener: (delivery: Delivery) => void): () => void
}

export function createDeliveryNews(): DeliveryNews {
  const listeners = new Set<(delivery: Delivery) => void>()
  return {
    get isFollowed() {
      return listeners.size > 0
    },
    publish(delivery) {
      for (const listener of listeners) listener(delivery)
    },
    follow(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
