let lastTime = 0
let sequence = 0

/**
 * A UUID that sorts by the time of its making (RFC 9562, version 7): documents that are inserted one after the other are side by side in the
 * database. Those of one millisecond count up.
 */
export function uuidV7(): string {
  const now = Date.now()
  // A clock that is set back does not reorder what this page makes.
  if (now > lastTime) {
    lastTime = now
    sequence = 0
  } else if (++sequence > 0xfff) {
    lastTime++
    sequence = 0
  }
  const random = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0'))
  const time = lastTime.toString(16).padStart(12, '0')
  const counter = sequence.toString(16).padStart(3, '0')
  const [first = '', ...rest] = random
  const variant = (0x80 | (Number.parseInt(first, 16) & 0x3f)).toString(16)
  const tail = rest.join('')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter}-${variant}${tail.slice(0, 2)}-${tail.slice(2)}`
}
