import type { OutboxMail } from '../store/outbox'

/** What one unsubscribes from: mails of the same template, or without one, of the same function. */
export function listOf({ template, function: name }: Pick<OutboxMail, 'template' | 'function'>): string {
  return template === '' ? (name ?? '') : template
}
