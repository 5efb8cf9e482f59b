import { type JsonValue, type MailAttachment, MailRefused } from '@koyalite/contracts'
import type { SecretBox } from '@koyalite/kernel'
import type { StoredAttachment } from '../store/attachments'
import type { OutboxMail } from '../store/outbox'

/** What a mail says. It holds links and codes that sign people in: while it waits it is stored sealed. A part that it does not have is empty. */
export interface MailBody {
  readonly text: string
  readonly html: string
}

export function sealBody(secrets: SecretBox, mailId: string, { text, html }: MailBody): MailBody {
  const place = `mail ${mailId}`
  return { text: secrets.seal(text, place), html: secrets.seal(html, place) }
}

/** Null where it was deleted, or the key that it was sealed with is lost. */
export function openBody(secrets: SecretBox, { id, text, html }: OutboxMail): MailBody | null {
  const place = `mail ${id}`
  const open = (part: string | null): string | null =>
    // Queued by a version that did not seal yet.
    part === null || !secrets.isSealed(part) ? part : secrets.open(part, place)
  const opened = { text: open(text), html: open(html) }
  return opened.text === null || opened.html === null ? null : { text: opened.text, html: opened.html }
}

/** What a template is to be rendered with may sign people in as well. */
export function sealProps(secrets: SecretBox, mailId: string, props: JsonValue): string {
  return secrets.seal(JSON.stringify(props), `props of mail ${mailId}`)
}

/** Null where the key that it was sealed with is lost. */
export function openProps(secrets: SecretBox, { id, props }: OutboxMail): JsonValue | null {
  const text = props === null ? null : secrets.open(props, `props of mail ${id}`)
  return text === null ? null : JSON.parse(text)
}

export function sealAttachments(
  secrets: SecretBox,
  mailId: string,
  attachments: readonly MailAttachment[],
): readonly StoredAttachment[] {
  return attachments.map(({ filename, contentType, content }, n) => ({
    ...{ filename, contentType, bytes: Buffer.from(content, 'base64').length },
    content: secrets.seal(content, placeOfAttachment(mailId, n)),
  }))
}

/** @throws MailRefused where the key that one was sealed with is lost */
export function openAttachments(
  secrets: SecretBox,
  mailId: string,
  stored: readonly StoredAttachment[],
): readonly MailAttachment[] {
  return stored.map(({ filename, contentType, content: sealed }, n) => {
    const content = sealed === null ? null : secrets.open(sealed, placeOfAttachment(mailId, n))
    if (content === null) throw new MailRefused(`the key that encrypted its file ${filename} is no longer in data/keys`)
    return { filename, contentType, content }
  })
}

function placeOfAttachment(mailId: string, n: number): string {
  return `attachment ${n} of mail ${mailId}`
}
