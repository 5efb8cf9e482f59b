import type { MailTransport } from '@koyalite/contracts'

/** A transport that is loaded with the first mail: importing a client takes up to 40 ms, and a start sends none. */
export function lazyTransport(load: () => Promise<MailTransport>): MailTransport {
  let loading: Promise<MailTransport> | null = null
  return {
    async send(mail) {
      loading ??= load().catch((error: unknown) => {
        // The next attempt tries again.
        loading = null
        throw error
      })
      const transport = await loading
      return transport.send(mail)
    },
    async close() {
      const transport = await loading
      await transport?.close()
    },
  }
}
