import type { SecretBox } from '@koyalite/kernel'

export const UNSUBSCRIBE_PATH = '/_/mail/unsubscribe'

/** What a link says: whose mails end, and which. */
export interface Unsubscription {
  readonly address: string
  /** See `listOf`. */
  readonly list: string
}

const PLACE = 'unsubscribe'
const MARK = 'sealed:'

/**
 * An address of this server that ends mails of one list to one address, for whoever has it. It is sealed: nobody makes one for somebody else, and it tells
 * logs of proxies neither. It does not expire: mails are read years later.
 */
export function unsubscribeLink(secrets: SecretBox, url: string, { address, list }: Unsubscription): string {
  const token = secrets.seal(JSON.stringify([address, list]), PLACE).slice(MARK.length)
  return `${url.replace(/\/+$/, '')}${UNSUBSCRIBE_PATH}?token=${token}`
}

/** Null for what this server has not made, or with a key that is lost. */
export function readToken(secrets: SecretBox, token: string): Unsubscription | null {
  const opened = secrets.open(`${MARK}${token}`, PLACE)
  if (opened === null) return null
  const [address, list] = JSON.parse(opened) as [string, string]
  return { address, list }
}
