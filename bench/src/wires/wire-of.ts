import { floorWire } from './floor-wire'
import { koyaliteWire } from './koyalite-wire'
import { pocketbaseWire } from './pocketbase-wire'
import type { ChatCollection, PeerKind, Wire } from './wire'

const WIRES: Readonly<Record<PeerKind, (collection: ChatCollection) => Wire>> = {
  koyalite: koyaliteWire,
  floor: floorWire,
  pocketbase: pocketbaseWire,
}

/** The words of a server for one of the two kinds of messages. */
export function wireOf(kind: PeerKind, collection: ChatCollection): Wire {
  return WIRES[kind](collection)
}
