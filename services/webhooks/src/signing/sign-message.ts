import { createHmac } from 'node:crypto'
import { secretBytes } from './webhook-secret'

export interface SignedMessage {
  readonly id: string
  /** Of the attempt, in seconds since 1970. */
  readonly timestamp: number
  readonly body: string
}

/** The headers of Standard Webhooks, with a signature for each secret: receivers take any that is right. */
export function signedHeaders(message: SignedMessage, secrets: readonly string[]): Readonly<Record<string, string>> {
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestamp),
    'webhook-signature': secrets.map((secret) => signature(message, secret)).join(' '),
  }
}

function signature({ id, timestamp, body }: SignedMessage, secret: string): string {
  const key = secretBytes(secret)
  if (key === null) throw new Error('not a secret of webhooks')
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}
