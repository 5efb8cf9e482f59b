import { AppError } from '@koyalite/contracts'
import { type ApiRequest, reply } from '@koyalite/kernel'

/** Links of emails sign people in: pages with them are for callers on this machine, whatever the server listens on. */
export function requireLocal(request: ApiRequest): void {
  if (request.isLocal) return
  throw new AppError(
    'FORBIDDEN',
    'The mailbox is available only on the machine that runs the server: open /_/mail there under http://localhost, not through a proxy.',
  )
}

const FRAME_POLICY = [
  ...["default-src 'none'", "style-src 'unsafe-inline'", 'img-src data:', "base-uri 'none'", "form-action 'none'"],
  // Of no origin, and without scripts: it was written by others.
  ...['sandbox allow-popups', "frame-ancestors 'self'"],
].join('; ')

/** The HTML of an email by itself, which runs nothing and loads nothing. */
export function emailFrame(html: string) {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': FRAME_POLICY,
    'x-frame-options': 'SAMEORIGIN',
  }
  return reply(200, html, { headers })
}
