import { ANYONE } from '@koyalite/contracts'
import { type Route, reply, route } from '@koyalite/kernel'
import { MAIL_PAGE_HEADERS, type MailPage, mailPage } from './mail-page'

const PASSWORD = { name: 'password', label: 'New password', type: 'password', autocomplete: 'new-password' } as const

/** By the name in the link. A project with pages of its own uses the API directly. */
const PAGES: Readonly<Record<string, MailPage>> = {
  'verify-email': {
    title: 'Confirm your email address',
    text: 'If you registered with this address, enter the password you chose. Leave it empty if you have none or are signed in in this browser.',
    button: 'Yes, confirm',
    endpoint: '/api/auth/email/verify',
    fields: [
      { name: 'password', label: 'Your password', type: 'password', autocomplete: 'current-password', optional: true },
    ],
    done: 'Your email address is confirmed. You can close this page.',
  },
  'confirm-email': {
    title: 'Change your email address',
    text: 'If you requested this change for your own account, enter the password of that account. Leave it empty if you are signed in to it in this browser. If you did not request this, close the page.',
    button: 'Use this address',
    endpoint: '/api/auth/email/confirm',
    fields: [
      { name: 'password', label: 'Your password', type: 'password', autocomplete: 'current-password', optional: true },
    ],
    done: 'Your email address was changed. You can close this page.',
  },
  'reset-password': {
    title: 'Choose a new password',
    text: 'All your sessions will be signed out.',
    button: 'Save the password',
    endpoint: '/api/auth/password/reset',
    fields: [PASSWORD],
    done: 'Your password was changed. You can now sign in with it.',
  },
  'magic-link': {
    title: 'Sign in',
    text: 'Sign in to this browser.',
    button: 'Sign in',
    endpoint: '/api/auth/magic-link?cookies=true',
    fields: [],
    done: 'You are signed in. You can close this page.',
  },
  'operator-password': {
    title: 'Choose your password',
    text: 'You are setting the password of your operator account on this server.',
    button: 'Save the password',
    endpoint: '/api/admin/password',
    fields: [PASSWORD],
    done: 'Your password was saved. You can now sign in with it.',
  },
  setup: {
    title: 'Become the first operator',
    text: 'This server has no owner yet. You become its owner, with full access to all data and settings.',
    button: 'Begin',
    endpoint: '/api/admin/setup?cookies=true',
    fields: [{ name: 'email', label: 'Email address', type: 'email', autocomplete: 'username' }, PASSWORD],
    done: 'You are now the owner of this server. What owners can do is in the API reference, /api/docs, under admin.',
  },
}

/** Pages that links in mails lead to. */
export function mailPageRoutes(): readonly Route[] {
  return Object.entries(PAGES).map(([name, page]) =>
    route({
      method: 'GET',
      path: `/_/auth/${name}`,
      summary: page.title,
      access: ANYONE,
      credentials: 'none',
      responses: { 200: { mediaType: 'text/html; charset=utf-8' } },
      handle: () => reply(200, mailPage(page), { headers: MAIL_PAGE_HEADERS }),
    }),
  )
}
