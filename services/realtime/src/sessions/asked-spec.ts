import type { SubscriptionSpec } from '@koyalite/contracts'
import { type LiveParameters, parseLiveAggregate, parseLiveQuery } from '@koyalite/query'
import type { LiveSpec } from '../engine/live-query'

const MAX_SHARED = 1000
const shared = new Map<string, LiveSpec>()

/** What a message asks to follow. Thousands ask the same: they share this, and it is not more than the text. */
export function askedSpec({ since: _since, ...payload }: SubscriptionSpec): LiveSpec {
  const asked = JSON.stringify(payload)
  let spec = shared.get(asked)
  if (!spec) {
    spec = new AskedSpec(payload.collection, asked, payload.where ? null : asked)
    const oldest = shared.size >= MAX_SHARED ? shared.keys().next().value : undefined
    if (oldest !== undefined) shared.delete(oldest)
    shared.set(asked, spec)
  }
  return spec
}

class AskedSpec implements LiveSpec {
  readonly collection: string
  readonly asked: string
  readonly key: string | null

  constructor(collection: string, asked: string, key: string | null) {
    this.collection = collection
    this.asked = asked
    this.key = key
  }

  parse(...[schema, collection, access, live]: Parameters<LiveSpec['parse']>): ReturnType<LiveSpec['parse']> {
    const parameters = JSON.parse(this.asked) as LiveParameters
    const parse = parameters.aggregate ? parseLiveAggregate : parseLiveQuery
    return parse(schema, collection, parameters, access, live)
  }
}
