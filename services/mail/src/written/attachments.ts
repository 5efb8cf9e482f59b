import type { MailAttachment } from '@koyalite/contracts'

const MAX_FILES = 10
const MAX_BYTES = 1024 * 1024
const MAX_NAME = 150
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,62}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}$/

/** What is wrong with the files of a mail: fields, and what is said of each. */
export function attachmentProblems(
  attachments: readonly MailAttachment[],
): readonly (readonly [field: string, message: string])[] {
  if (attachments.length > MAX_FILES) return [['attachments', `may be ${MAX_FILES} at most`]]
  const bytes = attachments.reduce((sum, { content }) => sum + Math.floor((content.length * 3) / 4), 0)
  if (bytes > MAX_BYTES) return [['attachments', `have ${bytes} bytes; 1 MB is allowed in all: link to what is large`]]
  return attachments.flatMap(({ filename, contentType, content }, index) => {
    const field = `attachments.${index}`
    return [
      ...(isName(filename)
        ? []
        : [[`${field}.filename`, `must be a name like invoice.pdf, of at most ${MAX_NAME} characters`] as const]),
      ...(MEDIA_TYPE.test(contentType)
        ? []
        : [[`${field}.content_type`, 'must be a media type like application/pdf, in lower case'] as const]),
      ...(content !== '' && BASE64.test(content)
        ? []
        : [[`${field}.content`, 'must be the bytes of a file in base64, and not empty'] as const]),
    ]
  })
}

/** A line that begins in a name would be a header of its own, and a path another place; what turns the direction of text hides how a name ends. */
function isName(name: string): boolean {
  if (name.trim() !== name || name === '' || name.length > MAX_NAME || name === '.' || name === '..') return false
  return !/[\p{Cc}\p{Cf}\u2028\u2029/\\"<>|:*?]/u.test(name)
}
