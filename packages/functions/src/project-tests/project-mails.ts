import type { PartClient } from '../host/open-part'
import type { Mail } from './test-project'

type Listed = Omit<Mail, 'html' | 'text'> & { readonly id: string; readonly created_at: string }

const PAUSE_MS = 50
const LONGEST_MS = 20_000

/** Emails of the server, with their texts. Waits for those that are being rendered. @param since as ISO */
export async function readMails(service: PartClient, since: string): Promise<readonly Mail[]> {
  const late = Date.now() + LONGEST_MS
  for (;;) {
    const { mails } = (await service.request('GET', '/api/admin/mail?limit=100')) as {
      readonly mails: readonly Listed[]
    }
    const own = mails.filter((one) => one.created_at >= since)
    const isRendering = own.some(({ status, subject }) => status === 'queued' && subject === '')
    if (!isRendering || Date.now() > late) return Promise.all(own.map((mail) => withBody(service, mail)))
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}

async function withBody(service: PartClient, mail: Listed): Promise<Mail> {
  // What could not be rendered has none.
  const isThere = mail.subject !== ''
  const body = isThere ? await service.request('GET', `/_/mail/${mail.id}/body`) : { html: '', text: '' }
  return { ...mail, ...(body as Pick<Mail, 'html' | 'text'>) }
}
