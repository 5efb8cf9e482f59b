import { AppError, type ErrorDetail, type MailTemplateFacts, type WrittenMail } from '@koyalite/contracts'
import { plainAddress } from './address'
import { attachmentProblems } from './attachments'
import { headerProblem } from './headers'
import { templateProblems } from './template-problems'

const MAX_BYTES = 256 * 1024
const MAX_RECIPIENTS = 50
const MAX_SUBJECT = 500
const MAX_KEY = 200
const MAX_HEADERS = 20

/**
 * As it was written, with addresses as servers know them.
 * @param templates that the project has
 * @throws AppError VALIDATION_ERROR, PAYLOAD_TOO_LARGE
 */
export function checkMail(mail: WrittenMail, templates: readonly MailTemplateFacts[]): WrittenMail {
  const { subject, html, text, headers, key, template, attachments } = mail
  const details: ErrorDetail[] = []
  const add = (field: string, message: string) =>
    details.push({ field, code: 'invalid', message: `${field} ${message}` })
  const address = (field: string, written: string): string => {
    const plain = plainAddress(written)
    if (plain === null)
      add(field, 'must be one plain email address like ann@example.com, without a name, quotes or comments')
    return plain ?? ''
  }
  const all = (field: string, written: readonly string[]) =>
    unique(written.map((one, index) => address(written.length === 1 ? field : `${field}.${index}`, one)))
  if (mail.to.length === 0) add('to', 'must have an address')
  const count = mail.to.length + mail.cc.length + mail.bcc.length
  if (count > MAX_RECIPIENTS) throw invalid([tooMany(count)])
  const [to, cc, bcc] = [all('to', mail.to), all('cc', mail.cc), all('bcc', mail.bcc)]
  const replyTo = mail.replyTo === null ? null : address('reply_to', mail.replyTo)
  if (template !== null) for (const [field, message] of templateProblems(template, templates)) add(field, message)
  else {
    if (subject.trim() === '' || subject.length > MAX_SUBJECT)
      add('subject', `must have 1 to ${MAX_SUBJECT} characters`)
    if (hasControls(subject)) add('subject', 'must be one line, without control characters')
    if (html === null && text === null) add('text', 'is missing: send text, html or both')
  }
  if (key !== null && (key === '' || key.length > MAX_KEY)) add('key', `must have 1 to ${MAX_KEY} characters`)
  if (Object.keys(headers).length > MAX_HEADERS) add('headers', `may be ${MAX_HEADERS} at most`)
  else
    for (const [name, value] of Object.entries(headers)) {
      const problem = headerProblem(name, value)
      if (problem !== null) add('headers', problem)
    }
  for (const [field, message] of attachmentProblems(attachments)) add(field, message)
  if (details.length > 0) throw invalid(details)
  const bytes = Buffer.byteLength(html ?? '') + Buffer.byteLength(text ?? '')
  if (bytes > MAX_BYTES)
    throw new AppError(
      'PAYLOAD_TOO_LARGE',
      `The texts of this email have ${bytes} bytes; 256 KB are allowed: link to what is large.`,
    )
  return { ...mail, to, cc, bcc, replyTo }
}

/** Anything but printable characters: a line that begins in a value would be a header of its own. */
function hasControls(text: string): boolean {
  return /[\p{Cc}\u2028\u2029]/u.test(text)
}

function unique(addresses: readonly string[]): readonly string[] {
  return [...new Map(addresses.map((one) => [one.toLowerCase(), one])).values()]
}

function tooMany(count: number): ErrorDetail {
  const message = `This email has ${count} recipients; ${MAX_RECIPIENTS} are allowed: send several.`
  return { field: 'to', code: 'too_many', message }
}

function invalid(details: readonly ErrorDetail[]): AppError {
  return new AppError('VALIDATION_ERROR', details.map(({ message }) => message).join('; '), { details })
}
