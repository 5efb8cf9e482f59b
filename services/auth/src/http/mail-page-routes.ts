import type { Route } from '@koyalite/kernel'
import { type MailPage, mailPage } from './mail-page'

const PASSWORD = { name: 'password', label: 'New password', type: 'password', autocomplete: 'new-password' } as const

/** By the name in the link. A project with pages of its own uses the API directly. */
const PAGES: Readonly<Record<string, MailPage>> = {
  'verify-email': {
    title: 'Confirm your e-mail address',
    text: 'Is this your address, and did you register here? Then enter the password that you chose. Leave it empty if you have none, or are signed in in this browser.',
    button: 'Yes, confirm',
    endpoint: '/api/auth/email/verify',
    fields: [
      { name: 'password', label: 'Your password', type: 'password', autocomplete: 'current-password', optional: true },
    ],
    done: 'Your address is confirmed. You can close this page.',
  },
  'confirm-email': {
    title: 'Use this email address',
    text: 'Did you ask to use this address for your own account? Then enter the password of that account. Leave it empty if you are signed in to it in this browser. If you did not ask for this, close the page.',
    button: 'Use this address',
    endpoint: '/api/auth/email/confirm',
    fields: [
      { name: 'password', label: 'Your password', type: 'password', autocomplete: 'current-password', optional: true },
    ],
    done: 'Your address was changed. You can close this page.',
  },
  'reset-password': {
    title: 'Choose a new password',
    text: 'All your sessions will end.',
    button: 'Save the password',
    endpoint: '/api/auth/password/reset',
    fields: [PASSWORD],
    done: 'Your password was changed. Sign in with it.',
  },
  'magic-link': {
    title: 'Sign in',
    text: 'Sign in in this browser.',
    button: 'Sign in',
    endpoint: '/api/auth/magic-link?cookies=true',
    fields: [],
    done: 'You are signed in. You can close this page.',
  },
  'operator-password': {
    title: 'Choose your password',
    text: 'As an operator of this server.',
    button: 'Save the password',
    endpoint: '/api/admin/password',
    fields: [PASSWORD],
    done: 'Your password was saved. Sign in with it.',
  },
  setup: {
    title: 'Become the first operator',
    text: 'You will own this server: everything in it is yours to see and change.',
    button: 'Begin',
    endpoint: '/api/admin/setup?cookies=true',
    fields: [{ name: 'email', label: 'E-mail address', type: 'email', autocomplete: 'username' }, PASSWORD],
    done: 'You are the owner of this server now. What owners can do is in its reference, /api/docs, under admin.',
  },
}

/** Pages that links in mails lead to. */
export function mailPageRoutes(): readonly Route[] {
  return Object.entries(PAGES).map(([name, page]): Route => {
    const answer = mailPage(page)
    return { method: 'GET', path: `/_/auth/${name}`, summary: page.title, credentials: 'none', handle: () => answer }
  })
}
