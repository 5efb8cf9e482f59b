import { etagOf } from '@koyalite/kernel'
import { partsOfTagged } from '@koyalite/query'
import { headingText, type MessageHeader } from './messages'
import type { Key } from './window'

/** A snapshot as all get it that are sent the same one: in one message, or in several if it is large. */
export interface SnapshotBody {
  /** `epoch.n`. */
  readonly seq: string
  readonly parts: readonly string[]
}

export interface SnapshotState {
  readonly seq: string
  readonly total: number | null
  readonly keys: readonly Key[] | null
  readonly etags: boolean
}

/**
 * Bytes of the documents of a message, unless one alone has more. With what stands around them (the client's id of up to 200 characters, each
 * of which may be escaped, the resume token, `seq`) they are less than 256 KB.
 */
export const PART_BYTES = 254 * 1024
/** UTF-8 has at most so many bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3

/** The documents of a list, in their order. @param partBytes see `PART_BYTES` */
export function snapshotBody(texts: readonly string[], state: SnapshotState, partBytes: number): SnapshotBody {
  const tagged = state.etags ? texts.map(partsOfTagged) : null
  const docs = tagged?.map(({ shown }) => shown) ?? texts
  const etags = tagged?.map(({ whole }) => JSON.stringify(etagOf(whole))) ?? null
  const keys = state.keys?.map((key) => JSON.stringify(key)) ?? null
  const ends = endsOfParts([docs, keys, etags], partBytes)
  const last = ends.length - 1
  const parts = ends.map((end, part) => {
    const start = part === 0 ? 0 : ends[part - 1]
    const some = (name: string, values: readonly string[] | null) =>
      values === null ? '' : `,"${name}":[${values.slice(start, end).join(',')}]`
    const number = last === 0 ? '' : `,"part":${part}`
    const total = part < last || state.total === null ? '' : `,"total":${state.total}`
    const more = part < last ? ',"more":true' : ''
    return `${number}${some('docs', docs)}${some('keys', keys)}${some('etags', etags)}${more}${total},"seq":"${state.seq}"}}`
  })
  return { seq: state.seq, parts }
}

/** A snapshot of an aggregate, which is all that its subscribers get. */
export function groupsBody(texts: readonly string[], seq: string): SnapshotBody {
  return { seq, parts: [`,"groups":[${texts.join(',')}],"seq":"${seq}"}}`] }
}

/** The message that is this part of a snapshot. Who has only some of them cannot continue from there: the last one has the resume token. */
export function snapshotText(
  requestId: string | number,
  heading: MessageHeader,
  { body, part }: { readonly body: SnapshotBody; readonly part: number },
): string {
  const isLast = part === body.parts.length - 1
  const about = isLast ? headingText(heading, body) : `"subscription_id":"${heading.id}"`
  return `{"id":${JSON.stringify(requestId)},"type":"snapshot","payload":{${about}${body.parts[part]}`
}

/** The place behind the last document of each part. @param columns documents, and what comes with each, as JSON */
function endsOfParts(columns: readonly (readonly string[] | null)[], partBytes: number): readonly number[] {
  const given = columns.filter((values) => values !== null)
  const length = given[0]?.length ?? 0
  let units = 0
  for (const values of given) for (const value of values) units += value.length + 1
  if (units * BYTES_PER_UNIT <= partBytes) return [length]
  const ends: number[] = []
  let bytes = 0
  for (let at = 0; at < length; at++) {
    let size = 0
    for (const values of given) size += Buffer.byteLength(values[at] as string) + 1
    if (bytes > 0 && bytes + size > partBytes) {
      ends.push(at)
      bytes = 0
    }
    bytes += size
  }
  return [...ends, length]
}
