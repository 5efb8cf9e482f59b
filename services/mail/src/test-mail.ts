import type { MailOptions } from './create-mail'
import type { MailSettings } from './mail-settings'
import { renderOwnMail } from './sign-in/render-own-mail'
import { createLogTransport } from './transport/log-transport'
import { createSmtpTransport } from './transport/smtp-transport'

/** What a mail that was sent to try out the settings showed. */
export interface TestMailResult {
  readonly ok: boolean
  /** What the other server, or the way to it, refused. */
  readonly message: string | null
  /** Of SMTP: what was said, line by line, without what signs in. */
  readonly dialogue: readonly string[]
}

const MAX_LINES = 200

/** Sends a mail at once, by settings that need not be saved. Whatever fails is the result, and no error. */
export async function sendTestMail(
  to: string,
  settings: MailSettings,
  { log, mode, mailAdapters }: Pick<MailOptions, 'log' | 'mode' | 'mailAdapters'>,
): Promise<TestMailResult> {
  const { email, name } = settings
  const dialogue: string[] = []
  const onLine = (line: string) => {
    if (dialogue.length < MAX_LINES) dialogue.push(...line.split('\n').map((one) => one.slice(0, 500)))
  }
  try {
    const transport =
      email.transport === 'smtp'
        ? await createSmtpTransport(email.url ?? '', onLine)
        : email.transport === 'resend'
          ? await mailAdapters.resend(email.api_key ?? '')
          : createLogTransport(log, { showText: mode === 'dev' })
    try {
      const from = email.from ?? 'no-reply@localhost'
      const id = Bun.randomUUIDv7()
      const messageId = `<${id}@${from.slice(from.lastIndexOf('@') + 1).replace(/[>\s]/g, '')}>`
      const recipients = [to]
      const test = { to, template: 'test' } as const
      const parts = { id, to: recipients, cc: [], bcc: [], recipients, replyTo: null, headers: {}, attachments: [] }
      await transport.send({
        from,
        ...parts,
        messageId,
        ...renderOwnMail(test, { app: name, otherwise: email.locale }),
      })
    } finally {
      await transport.close()
    }
    return { ok: true, message: null, dialogue }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error), dialogue }
  }
}
