import { type Api, createApi, expectStatus, type TestServer, totpCode } from '@koyalite/testkit'

export const PASSWORD = 'correct horse 9'

/** A schema with users who have a field of their own, and notes that anybody signed in may write. */
export const SCHEMA = `
version: 1
roles:
  moderator: { permissions: ["notes:*"] }
collections:
  users:
    fields: { name: { type: string, nullable: true } }
    rules: { read: "auth.id == doc.id", update: "auth.id == doc.id" }
  notes:
    fields: { id: { type: uuid, primary: true, default: auto }, text: { type: string } }
    rules: { read: "true", create: "auth.id != null", delete: "auth.can('notes:delete')" }
`

/** Nobody meets these limits: for tests of something else. */
export const NO_LIMITS = `auth: { rate_limit: { login: 100000/second, register: 100000/second, password_reset: 100000/second, mail: 100000/second } }\n`

export interface Account {
  readonly email: string
  readonly id: string
  readonly access: string
  readonly refresh: string
  readonly api: Api
}

let count = 0
export function newAddress(): string {
  return `somebody${count++}@example.com`
}

/** Registers somebody new. */
export async function signUp(server: TestServer, email = newAddress()): Promise<Account> {
  const { body } = expectStatus(await server.anonymous.post('/api/auth/register', { email, password: PASSWORD }), 201)
  const { access_token: access, refresh_token: refresh } = body
  return { email, id: body.user.id, access, refresh, api: createApi(server.process.url, access) }
}

/** Somebody new who has an authenticator app, with its secret and recovery codes. */
export async function signUpWithApp(server: TestServer) {
  const account = await signUp(server)
  const { secret } = expectStatus(await account.api.post('/api/auth/mfa/totp/enroll'), 200).body
  const activated = await account.api.post('/api/auth/mfa/totp/activate', { code: totpCode(secret, -1) })
  return {
    ...account,
    secret: secret as string,
    recovery: expectStatus(activated, 200).body.recovery_codes as string[],
  }
}

/** The newest mail of the development server's mailbox to an address: its text, and the secret in it. */
export async function mailTo(
  server: TestServer,
  email: string,
): Promise<{ readonly text: string; readonly secret: string }> {
  const page = (await server.anonymous.get('/_/mail')).text
  const text =
    page
      .split('<details')
      .find((mail) => mail.includes(`<small>to ${email}<`) || mail.includes(`<small>to ${email} `)) ?? ''
  const secret = /#token=([\w-]+)/.exec(text)?.[1] ?? /^(\d{6})$/m.exec(text)?.[1]
  if (secret === undefined) throw new Error(`no mail with a link or code to ${email}: ${text}`)
  return { text, secret }
}
