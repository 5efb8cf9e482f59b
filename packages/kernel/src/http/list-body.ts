import { EventLoopShare } from '../lifecycle/event-loop-share'
import type { ApiResponse } from './route'

/** Characters from which on a list is put together in several turns of the event loop. */
const LONG = 1024 * 1024

const utf8 = new TextEncoder()

/** JSON texts as the list of a body: `head` ends with its opening bracket, `tail` begins with the closing one. A long body is bytes: as one text it would be joined, measured and encoded in one turn. */
export async function listBody(head: string, items: readonly string[], tail: string): Promise<ApiResponse['body']> {
  let length = 0
  for (const item of items) length += item.length
  if (length < LONG) return `${head}${items.join(',')}${tail}`
  const share = new EventLoopShare()
  const texts = items.flatMap((item, index) => (index === 0 ? [head, item] : [',', item])).concat(tail)
  let size = 0
  for (const text of texts) {
    size += Buffer.byteLength(text)
    await share.next()
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const text of texts) {
    at += utf8.encodeInto(text, bytes.subarray(at)).written
    await share.next()
  }
  return bytes
}
