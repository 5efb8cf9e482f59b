import { AppError, type JsonValue, type MailSender, type Tx, type WrittenMail } from '@koyalite/contracts'
import { RequestFaults } from '@koyalite/kernel'
import { z } from 'zod'
import type { RunningCall } from '../calls/running-calls'

/** A mail that a call wants to send, checked as far as that goes without its values. */
export interface PreparedMail {
  /** What its result may depend on, besides what is stored. */
  readonly about: readonly string[]
  /** @throws AppError VALIDATION_ERROR, PAYLOAD_TOO_LARGE, QUEUE_FULL */
  run(tx: Tx, newId: () => string): JsonValue
}

const addresses = z
  .union([z.string(), z.array(z.string())])
  .transform((given): readonly string[] => (typeof given === 'string' ? [given] : given))

const asked = z.strictObject({
  to: addresses,
  cc: addresses.default([]),
  bcc: addresses.default([]),
  reply_to: z.string().optional(),
  subject: z.string().optional(),
  html: z.string().optional(),
  text: z.string().optional(),
  template: z.string().optional(),
  props: z.record(z.string(), z.unknown()).optional(),
  locale: z.string().optional(),
  headers: z.record(z.string(), z.string()).default({}),
  attachments: z
    .array(
      z
        .strictObject({
          filename: z.string(),
          content: z.string(),
          content_type: z.string().default('application/octet-stream'),
        })
        .transform(({ content_type: contentType, ...rest }) => ({ ...rest, contentType })),
    )
    .default([]),
  key: z.string().optional(),
  delivery: z.enum(['at_least_once', 'at_most_once']).default('at_least_once'),
})

/** @throws AppError FORBIDDEN where the call only reads, VALIDATION_ERROR */
export function prepareMail(
  mails: MailSender,
  call: Pick<RunningCall, 'function' | 'readsOnly' | 'isTrial' | 'chain'>,
  sent: unknown,
): PreparedMail {
  const { function: name } = call
  if (call.readsOnly)
    throw new AppError('FORBIDDEN', `${name} only reads, and so sends no emails: its manifest says read: true.`)
  if (call.isTrial)
    throw new AppError('FORBIDDEN', `As somebody else, operators send no emails: call ${name} as yourself.`)
  const mail = readMail(sent)
  return {
    // Those before it say how long it waits, which is no part of its result.
    about: mail.key === null ? [] : [`mail ${name} ${mail.key}`],
    run(tx, newId) {
      const { id, created } = mails.send(tx, { ...mail, id: newId(), function: name, chain: call.chain })
      return { id, created }
    },
  }
}

function readMail(sent: unknown): Omit<WrittenMail, 'id' | 'function' | 'chain'> {
  const faults = new RequestFaults()
  const given = faults.parse(asked, sent, 'body')
  faults.throwIfAny()
  if (given === undefined)
    throw new AppError('VALIDATION_ERROR', 'An email is an object with `to`, and `subject` and `text`, or `template`.')
  const { reply_to: replyTo = null, key = null, template: name, subject, html, text, props, locale, ...rest } = given
  const one = { ...rest, replyTo, key }
  if (name === undefined) {
    if (props !== undefined || locale !== undefined) throw misplaced('`props` and `locale` are for a `template`')
    if (subject === undefined) throw misplaced('An email has a `template`, or a `subject`')
    return { ...one, template: null, subject, html: html ?? null, text: text ?? null }
  }
  if (subject !== undefined || html !== undefined || text !== undefined)
    throw misplaced('The template says the `subject`, the `html` and the `text`')
  // They came as JSON.
  const template = { name, props: (props ?? {}) as JsonValue, locale: locale ?? null }
  return { ...one, template, subject: '', html: null, text: null }
}

function misplaced(message: string): AppError {
  return new AppError('VALIDATION_ERROR', `${message}: send \`template\` and \`props\`, or \`subject\` and \`text\`.`)
}
