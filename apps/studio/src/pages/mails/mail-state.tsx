import type { ListMailsResponse } from '@koyalite/client/admin'
import { Badge } from '../../kit/badge'

export type ListedMail = ListMailsResponse['mails'][number]
export type MailState = ListedMail['status']

export const MAIL_STATES = [
  'queued',
  'held',
  'sent',
  'delivered',
  'bounced',
  'complained',
  'failed',
] as const satisfies readonly MailState[]

/** What has become of a mail, in a word. */
export function MailStateBadge({ mail: { status, attempts, error } }: { readonly mail: ListedMail }) {
  if (status === 'queued') return attempts > 0 ? <Badge kind="warning">retrying</Badge> : <Badge>queued</Badge>
  if (status === 'held') return <Badge kind="warning">held</Badge>
  if (status === 'failed' || status === 'bounced' || status === 'complained')
    return <Badge kind="danger">{status}</Badge>
  // Of several recipients some were refused.
  return error === null ? <Badge kind="success">{status}</Badge> : <Badge kind="warning">sent to some</Badge>
}

/** Until a template is rendered it has no subject. */
export function subjectOf({ subject, template }: ListedMail): string {
  return subject === '' ? (template ?? 'no subject') : subject
}
