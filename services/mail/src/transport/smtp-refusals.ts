import type { RefusedRecipient } from '@koyalite/contracts'

/** What the client says of a recipient that the server did not take. */
export interface RejectedError {
  readonly message: string
  readonly recipient?: string | undefined
  readonly responseCode?: number | undefined
  readonly response?: string | undefined
}

export function refusedRecipients(errors: readonly RejectedError[]): readonly RefusedRecipient[] {
  return errors.map(({ message, recipient = '', responseCode = 0, response = '' }) => ({
    ...{ address: recipient, isFinal: responseCode >= 500, message },
    isBounce: isBounce(responseCode, response),
  }))
}

/**
 * Whether a refusal of a recipient says that there is no such mailbox (RFC 3463: 5.1.x). The same codes refuse mails for being spam (5.7.x) or for a full
 * mailbox (5.2.x): those are no reason never to write again. Without such a status, 554 may be anything.
 */
function isBounce(code: number, response: string): boolean {
  if (![550, 551, 553, 554].includes(code)) return false
  const status = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})(?:\s|$)/.exec(response)?.[1]
  return status === undefined ? code !== 554 : status.startsWith('5.1.')
}
