import { totpCode } from './totp-code'

/** What a reader of samples has from elsewhere than the last response. */
export interface GivenValues {
  /** To be called with every response. */
  observe(response: unknown, headers: Headers): void
  /** `in the email to ann@example.com` (of a development server), `in the authenticator app`, `in the header ETag`. */
  find(source: string): Promise<string>
}

export function givenValues(url: () => string): GivenValues {
  let secret: string | null = null
  let codes = 0
  let last = new Headers()
  return {
    observe(response, headers) {
      last = headers
      if (typeof response === 'object' && response !== null && 'otpauth_url' in response && 'secret' in response)
        secret = String(response.secret)
    },
    async find(source) {
      // A code is accepted once: the first one is that of the time step before.
      if (source === 'in the authenticator app' && secret !== null) return totpCode(secret, codes++ - 1)
      const [, header] = /^in the header (\S+)$/.exec(source) ?? []
      if (header !== undefined) return last.get(header) ?? ''
      const [, address] = /^in the email to (\S+)$/.exec(source) ?? []
      if (address === undefined) throw new Error(`nobody knows what is ${source}`)
      const page = await (await fetch(`${url()}/_/mail`)).text()
      const mail = page.split('<details').find((one) => one.includes(`<small>to ${address}`)) ?? ''
      const found = /#token=([\w-]+)/.exec(mail)?.[1] ?? /^(\d{6})$/m.exec(mail)?.[1]
      if (found === undefined) throw new Error(`there is no link or code ${source}: ${mail}`)
      return found
    },
  }
}
