import type { Mails } from '../mail-types'
import type { PartClient } from './open-part'

/** @param path that emails are sent to: of `ctx.mail`, or of a transaction */
export function openMail(client: PartClient, path: string): Mails {
  return {
    async send(mail) {
      const { id } = (await client.request('POST', path, { body: mail })) as { readonly id: string }
      return id
    },
  }
}
