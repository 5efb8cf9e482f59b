import { z } from 'zod'

/** Identifies a request, so that its responses can be matched. Chosen by the client. */
const requestId = z.union([z.string().max(200), z.number()])

/** A list of names, or the same as REST has it: with commas between them. */
const names = z.union([z.array(z.string().min(1).max(500)).max(500), z.string().min(1).max(10_000)])

/** Not z.record, which passes over a key `__proto__`: a filter with fewer conditions shows more. */
const filter = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'a filter must be an object',
)

/** Groups of documents instead of documents, as REST has them, with `having` in JSON. */
const aggregate = z.strictObject({
  values: names.nullish(),
  group: names.nullish(),
  having: filter.nullish(),
  timezone: z.string().min(1).max(100).nullish(),
})

/** What to follow: a list as REST has it, with a filter in JSON. */
const SUBSCRIPTION_SPEC = z.strictObject({
  collection: z.string().max(200),
  filter: filter.nullish(),
  where: z.string().min(1).max(20_000).nullish(),
  /** What `$1`, `$2` … of `where` stand for. */
  params: z.array(z.unknown()).max(100).nullish(),
  sort: names.nullish(),
  /** Null: all documents. Absent: as many as in a list. */
  limit: z.int().nullish(),
  expand: names.nullish(),
  fields: names.nullish(),
  count: z.boolean().nullish(),
  etags: z.boolean().nullish(),
  aggregate: aggregate.nullish(),
  /** A resume token. */
  since: z.string().max(500).nullish(),
})
export type SubscriptionSpec = z.output<typeof SUBSCRIPTION_SPEC>

/** What a client sends. */
export const CLIENT_MESSAGE = z.discriminatedUnion('type', [
  z.strictObject({ id: requestId, type: z.literal('subscribe'), payload: SUBSCRIPTION_SPEC }),
  z.strictObject({
    id: requestId.optional(),
    type: z.literal('unsubscribe'),
    payload: z.strictObject({ subscription_id: z.string().max(200) }),
  }),
  z.strictObject({
    id: requestId.optional(),
    type: z.literal('auth'),
    payload: z.strictObject({ token: z.string().max(10_000) }),
  }),
  z.strictObject({
    id: requestId.optional(),
    type: z.literal('ping'),
    payload: z.unknown().optional(),
  }),
])
export type ClientMessage = z.output<typeof CLIENT_MESSAGE>

const key = z.union([z.string(), z.number()])
const document = z.record(z.string(), z.unknown())
/** `epoch.n`: opaque to clients. */
const seq = z.string()
/** What `since` takes to continue from there: opaque to clients. */
const resume = z.string()
/** Keys of the documents, where `fields` leaves them out of the documents themselves. */
const keyBesides = key.optional()
/** With `etags`: the ETag of the document. */
const etag = z.string().optional()

/** Documents of a snapshot, in their order. */
const shown = {
  docs: z.array(document),
  keys: z.array(key).optional(),
  etags: z.array(z.string()).optional(),
}

/** What a server sends. Servers write these as text without asking the schema; tests hold every message against it. */
export const SERVER_MESSAGE = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('connected'),
    /** `id` of an event stream that takes messages; `client_id` of a WebSocket. */
    payload: z.union([z.strictObject({ client_id: z.string() }), z.strictObject({ id: z.string() })]),
  }),
  z.strictObject({
    id: requestId,
    type: z.literal('subscribed'),
    payload: z.strictObject({ subscription_id: z.string(), resume, seq, resumed: z.boolean() }),
  }),
  z.strictObject({
    id: requestId,
    type: z.literal('snapshot'),
    payload: z.union([
      z.strictObject({
        subscription_id: z.string(),
        resume,
        /** Of a snapshot in parts, this is the last one. */
        part: z.int().positive().optional(),
        ...shown,
        total: z.int().optional(),
        seq,
      }),
      /** Part 0 begins a snapshot, the others add to it. Nobody continues from a part of a state. */
      z.strictObject({ subscription_id: z.string(), part: z.int(), ...shown, more: z.literal(true), seq }),
      /** Of an aggregate: every change comes as a snapshot. */
      z.strictObject({ subscription_id: z.string(), resume, groups: z.array(document), seq }),
    ]),
  }),
  z.strictObject({
    type: z.literal('delta'),
    payload: z.strictObject({
      subscription_id: z.string(),
      resume,
      seq,
      total: z.int().optional(),
      changes: z.strictObject({
        inserts: z.array(z.strictObject({ doc: document, after: key.nullable(), key: keyBesides, etag })),
        updates: z.array(z.strictObject({ doc: document, after: key.nullable().optional(), key: keyBesides, etag })),
        deletes: z.array(key),
      }),
    }),
  }),
  z.strictObject({
    id: requestId.optional(),
    type: z.literal('error'),
    payload: z.strictObject({
      code: z.string(),
      message: z.string(),
      details: z.array(z.unknown()),
      /** Of the subscription that ends with this error. */
      subscription_id: z.string().optional(),
      timestamp: z.string(),
    }),
  }),
  z.strictObject({
    id: requestId.optional(),
    type: z.literal('authenticated'),
    /** When the credential ends, and the connection with it, unless another `auth` comes before; null: not by itself. */
    payload: z.strictObject({ expires_at: z.iso.datetime().nullable() }),
  }),
  z.strictObject({ id: requestId.optional(), type: z.literal('pong'), payload: z.strictObject({ seq }) }),
  /** Over server-sent events, unasked, and at once after a `ping`: what a `pong` says. */
  z.strictObject({ type: z.literal('progress'), payload: z.strictObject({ seq }) }),
])
export type ServerMessage = z.output<typeof SERVER_MESSAGE>

/** The response of `POST /api/realtime/ticket`; seconds. */
export const TICKET_RESPONSE = z.object({ ticket: z.string(), expires_in: z.int() })

/** The response of `GET /api/admin/realtime`. */
export const REALTIME_STATS = z.object({
  connections: z.int(),
  subscriptions: z.int(),
  groups: z.int(),
  delivered: z.int(),
  lag: z.int(),
})
