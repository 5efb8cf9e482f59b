import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Actor } from '@koyalite/contracts'
import type { LiveList } from './live-query'

/** A list as one actor may follow it, and from which state on they have been known to. */
export interface Place {
  /** Of the list: see `listPrint`. */
  readonly list: string
  readonly actor: Actor
  readonly epoch: string
  /** The earliest state that somebody with this stamp may continue from. */
  readonly floor: number
}

/**
 * Resume tokens: `epoch.n.floor.mac`. The position `n` is plain, so that a message of thousands needs no signature of its own; what is
 * signed is who may continue from there, with which rights and query, and from which state at the earliest.
 */
export interface ResumeTokens {
  /** What follows `epoch.n.` in all tokens of a place. */
  stamp(place: Place): string
  /** The state that a client continues from; null for a token of another place, a bare seq, or anything else. */
  positionOf(token: string, place: Omit<Place, 'floor'>): number | null
  /** Identifies a list and the schema that it was compiled under, for `Place`. */
  listPrint(list: Pick<LiveList, 'shape' | 'pageParams'>, schemaPrint: string): string
}

/** Begins anew whenever a document's JSON text becomes another one for the same row and query. */
const FORMAT = 1
/** Of the 256 bits, these many bytes are in a token. */
const MAC_BYTES = 18
const TOKEN = /^(.{1,100})\.(\d{1,16})\.(\d{1,16})\.([\w-]{24})$/

/** @param key at least 128 bits, the same in all processes of a server */
export function createResumeTokens(key: Uint8Array = randomBytes(32)): ResumeTokens {
  const mac = (value: unknown) => createHmac('sha256', key).update(JSON.stringify(value)).digest()
  const signed = ({ list, actor, epoch, floor }: Place) =>
    mac([FORMAT, list, rightsOf(actor), epoch, floor]).subarray(0, MAC_BYTES)
  return {
    stamp: (place) => `${place.floor}.${signed(place).toString('base64url')}`,
    positionOf(token, place) {
      const [, epoch, position, floor, given = ''] = TOKEN.exec(token) ?? []
      if (epoch !== place.epoch || Number(position) < Number(floor)) return null
      const expected = signed({ ...place, floor: Number(floor) })
      return timingSafeEqual(Buffer.from(given, 'base64url'), expected) ? Number(position) : null
    },
    listPrint({ shape, pageParams }, schemaPrint) {
      const { collection, limit, descending, count, page, isTimed, isPaged, showsKey, etags } = shape
      const asked = [
        collection.name,
        limit,
        descending,
        count,
        isTimed,
        isPaged,
        showsKey,
        page,
        ...(etags ? ['etags'] : []),
      ]
      const params = pageParams.map((value) => (typeof value === 'bigint' ? `int ${value}` : value))
      return mac([schemaPrint, asked, params]).toString('base64url')
    },
  }
}

/** Everything of an actor that decides what they see, in a fixed order. A new session of the same actor makes no difference. */
function rightsOf(actor: Actor): unknown {
  const { sessionId: _session, ...rest } = { sessionId: null, ...actor }
  return Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))
}
