import type { Socket } from 'node:net'
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
  /** What recipients are refused with: `550 5.1.1 no such user`. */
  readonly refusedRecipients: Map<string, string>
  /** Mails that are taken, and the connection ends before that is said. */
  dropped: number
  /** Called before a mail is taken. */
  onMail?: () => void
  close(): Promise<void>
}

export async function startSmtpSink(login?: { readonly user: string; readonly password: string }): Promise<SmtpSink> {
  const mails: ParsedMail[] = []
  const recipients: string[][] = []
  const refusals: number[] = []
  const refusedRecipients = new Map<string, string>()
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: login === undefined,
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, callback) {
      if (username === login?.user && password === login?.password) callback(null, { user: username })
      else callback(new Error('wrong password'))
    },
    onRcptTo({ address }, _session, callback) {
      const response = refusedRecipients.get(address)
      if (response === undefined) return callback()
      const [code] = response.split(' ', 1)
      callback(Object.assign(new Error(response.slice(4)), { responseCode: Number(code) }))
    },
    onData(stream, { envelope, id }, callback) {
      recipients.push(envelope.rcptTo.map(({ address }) => address))
      simpleParser(stream).then((mail) => {
        const code = refusals.shift()
        if (code === undefined) {
          sink.onMail?.()
          mails.push(mail)
          if (sink.dropped === 0) return callback()
          sink.dropped--
          for (const connection of server.connections)
            if (connection.id === id) (connection as unknown as { _socket: Socket })._socket.destroy()
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
    refusedRecipients,
    dropped: 0,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return sink
}
