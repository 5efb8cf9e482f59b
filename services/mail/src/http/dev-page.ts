import { AppError } from '@koyalite/contracts'
import type { ApiRequest } from '@koyalite/kernel'

/** Links of emails sign people in: pages with them are for callers on this machine, whatever the server listens on. */
export function requireLocal(request: ApiRequest): void {
  if (request.isLocal) return
  throw new AppError(
    'FORBIDDEN',
    'The mailbox is available only on the machine that runs the server: open /_/mail there under http://localhost, not through a proxy.',
  )
}
