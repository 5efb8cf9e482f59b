import type { CodedProvider, ProviderBegin, ProviderCallback, UserFields } from '@koyalite/contracts'
import { parseEmail } from '@koyalite/schema'
import type { ProviderProfile } from './provider-definition'

/** What code of the project says of somebody who has signed in there: the profile, and fields of `users` for a new account. */
export interface CodedProfile extends Omit<ProviderProfile, 'claims'> {
  readonly fields: UserFields
}

/** Where the code sends the browser. Throws what it throws, and where that is no address for a browser. */
export async function addressOf(provider: CodedProvider, input: ProviderBegin): Promise<string> {
  const address = await provider.begin(input)
  const url = URL.parse(String(address))
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname))
  if (!isSafe) throw new Error(`begin of the provider '${provider.name}' must return an https address`)
  return url.href
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Who it is, by what the code returns. Throws what it throws; whether the id is one is for the caller to check. */
export async function profileOf(provider: CodedProvider, input: ProviderCallback): Promise<CodedProfile> {
  const returned = await provider.callback(input)
  if (!isObject(returned))
    throw new Error(`callback of the provider '${provider.name}' must return { id, email, verified }`)
  const { id, email: address, verified, fields } = returned
  const email = parseEmail(address)
  return {
    subject: typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : id,
    email,
    // Linking goes by this: nothing but true is.
    emailVerified: email !== null && verified === true,
    fields: isObject(fields) ? withoutIdentity(fields) : {},
  }
}

/** What the rest says, fields do not say again. */
function withoutIdentity(fields: UserFields): UserFields {
  const { id: _id, email: _email, verified: _verified, ...rest } = fields
  return rest
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
