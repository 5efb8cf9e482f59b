import type { SecretBox } from '@koyalite/kernel'
import { listOf } from './list-of'
import { unsubscribeLink } from './unsubscribe-link'

export interface UnsubscribeSettings {
  /** Where people reach this server; null: not known. */
  readonly url: string | null
  readonly isOn: boolean
}

interface Written {
  readonly function: string
  readonly template: string
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly bcc: readonly string[]
  readonly headers: Readonly<Record<string, string>>
}

/**
 * The headers of a mail of code, with those of one click (RFC 8058) where it may have them: they say who unsubscribes, so it goes to one person; programs
 * that read mail follow https alone; and what code says itself stands.
 */
export function withUnsubscribe(
  secrets: SecretBox,
  { function: name, template, to, cc, bcc, headers }: Written,
  { url, isOn }: UnsubscribeSettings,
): Readonly<Record<string, string>> {
  const [address] = to
  const isSaid = Object.keys(headers).some((one) => one.toLowerCase().startsWith('list-unsubscribe'))
  if (!isOn || url === null || !url.startsWith('https:') || isSaid) return headers
  if (address === undefined || to.length + cc.length + bcc.length > 1) return headers
  const link = unsubscribeLink(secrets, url, { address, list: listOf({ function: name, template }) })
  return { ...headers, 'List-Unsubscribe': `<${link}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }
}
