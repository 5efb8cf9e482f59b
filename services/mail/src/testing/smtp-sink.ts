import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

/** An SMTP server that keeps what it is given. */
export interface SmtpSink {
  readonly url: string
  readonly mails: readonly ParsedMail[]
  /** Of each mail that was offered: the addresses of its envelope. */
  readonly recipients: readonly (readonly string[])[]
  /** How the next mails are answered: one code for each, then they are taken. */
  readonly refusals: number[]
  /** Called before a mail is taken. */
  onMail?: () => void
  close(): Promise<void>
}

export async function startSmtpSink(login?: { readonly user: string; readonly password: string }): Promise<SmtpSink> {
  const mails: ParsedMail[] = []
  const recipients: string[][] = []
  const refusals: number[] = []
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: login === undefined,
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, callback) {
      if (username === login?.user && password === login?.password) callback(null, { user: username })
      else callback(new Error('wrong password'))
    },
    onData(stream, { envelope }, callback) {
      recipients.push(envelope.rcptTo.map(({ address }) => address))
      simpleParser(stream).then((mail) => {
        const code = refusals.shift()
        if (code === undefined) {
          sink.onMail?.()
          mails.push(mail)
          callback()
        } else callback(Object.assign(new Error('not now'), { responseCode: code }))
      }, callback)
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.server.address() as { port: number }
  const credentials = login ? `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@` : ''
  const sink: SmtpSink = {
    url: `smtp://${credentials}127.0.0.1:${address.port}`,
    mails,
    recipients,
    refusals,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return sink
}
