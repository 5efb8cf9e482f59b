import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * What makes a ticket good again for the stream that it opened. Browsers come back by themselves, to the same address, with the last
 * event id; so the ids of such a stream end with a secret of 144 bits, which stands in no address and no log. Nothing is stored: it holds in all
 * processes and after a restart, as long as the credential does that the ticket was issued for.
 */
export interface StreamTickets {
  /** A ticket for a credential; null stands for nobody. No two are the same. */
  seal(token: string | null): string
  /** What the ids of events end with in a stream that this ticket opened. */
  endOfIds(ticket: string): string
  /** The credential behind a ticket, for a client with an event id of the stream that it opened; undefined for anybody else. */
  reopened(ticket: string, eventId: string): string | null | undefined
}

/** In no resume token. */
const SEPARATOR = '~'
const SECRET_BYTES = 18
const [NONCE_BYTES, TAG_BYTES] = [12, 16]

export function createStreamTickets(key: Uint8Array): StreamTickets {
  const derived = (use: string) => createHmac('sha256', key).update(use).digest()
  const [sealing, naming] = [derived('seal tickets'), derived('name streams')]
  const secretOf = (ticket: string) =>
    createHmac('sha256', naming).update(ticket).digest().subarray(0, SECRET_BYTES).toString('base64url')
  const open = (ticket: string): string | undefined => {
    const bytes = Buffer.from(ticket, 'base64url')
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return
    const decipher = createDecipheriv('aes-256-gcm', sealing, bytes.subarray(0, NONCE_BYTES))
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    try {
      const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES))
      return Buffer.concat([text, decipher.final()]).toString()
    } catch {
      return
    }
  }
  return {
    seal(token) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce)
      return Buffer.concat([nonce, cipher.update(token ?? ''), cipher.final(), cipher.getAuthTag()]).toString(
        'base64url',
      )
    },
    endOfIds: (ticket) => SEPARATOR + secretOf(ticket),
    reopened(ticket, eventId) {
      // As text: of bytes there is more than one spelling.
      const given = Buffer.from(eventId.slice(eventId.lastIndexOf(SEPARATOR) + 1))
      const expected = Buffer.from(secretOf(ticket))
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return
      const token = open(ticket)
      return token === '' ? null : token
    },
  }
}

/** A resume token without what the ids of a stream end with. */
export function withoutEnd(eventId: string): string {
  const at = eventId.lastIndexOf(SEPARATOR)
  return at === -1 ? eventId : eventId.slice(0, at)
}
