import { ANYONE } from '@koyalite/contracts'
import { type Route, reply, route, type ServerPage } from '@koyalite/kernel'
import { addressOnPage } from '../allowed-address'
import type { AuthContext } from '../auth-context'
import type { AuthSettings } from '../auth-settings'
import { passwordHint } from '../passwords/password-policy'
import { type FormPage, formPage, type PageField } from './form-page'
import formScript from './form-page.client.js' with { type: 'text' }
import { operatorPage } from './operator-page'
import operatorScript from './operator-page.client.js' with { type: 'text' }

const ROOT = '/_/auth'

/** Pages that links in mails lead to, and those of operators. A project with pages of its own uses the API directly. */
export function pageRoutes(context: AuthContext): readonly Route[] {
  const { settings } = context
  const scripts = { form: scriptRoute('form', formScript), operator: scriptRoute('operator', operatorScript) }
  const { studio } = settings
  const inStudio = studio?.enabled === true ? pagesInStudio(studio.path) : {}
  const forms = Object.entries(formPages(settings)).map(([name, page]) => {
    const location = inStudio[name]
    return location === undefined
      ? pageRoute(name, page.title, () => formPage(page, { project: settings.name, script: scripts.form.path }))
      : redirectRoute(name, page.title, location)
  })
  if (studio?.enabled === true) {
    return [...forms, redirectRoute('operator', 'The studio', `${studio.path}/`), scripts.form]
  }
  const operator = pageRoute('operator', 'The signed-in operator, and what to do next', () =>
    operatorPage(context, { script: scripts.operator.path, signInPage: `${ROOT}/operator-sign-in` }),
  )
  return [...forms, operator, scripts.form, scripts.operator]
}

/** Pages of operators, and where the studio has them. A browser takes the secret behind the `#` along. */
function pagesInStudio(path: string): Readonly<Record<string, string>> {
  return { setup: `${path}/setup`, 'operator-sign-in': `${path}/` }
}

function redirectRoute(name: string, summary: string, location: string): Route {
  return route({
    method: 'GET',
    path: `${ROOT}/${name}`,
    summary,
    access: ANYONE,
    credentials: 'none',
    responses: { 308: null },
    handle: () => reply(308, null, { headers: { location } }),
  })
}

function pageRoute(name: string, summary: string, page: () => ServerPage): Route {
  return route({
    method: 'GET',
    path: `${ROOT}/${name}`,
    summary,
    access: ANYONE,
    credentials: 'none',
    responses: { 200: { mediaType: 'text/html; charset=utf-8' } },
    handle() {
      const { text, headers } = page()
      return reply(200, text, { headers })
    },
  })
}

/** Named after its content: a page never runs the script of another version. No part of the reference. */
function scriptRoute(name: string, text: string): Route {
  const headers = { 'content-type': 'text/javascript; charset=utf-8' }
  return {
    method: 'GET',
    path: `${ROOT}/${name}-${Bun.hash(text).toString(36)}.js`,
    access: ANYONE,
    credentials: 'none',
    handle: () => ({ status: 200, body: text, headers }),
  }
}

/** By the name in the link. */
function formPages({ auth, server }: AuthSettings): Readonly<Record<string, FormPage>> {
  const { pages, password: policy } = auth
  const next = (address: string | null) => (address === null ? null : addressOnPage(address, server))
  const newPassword: PageField = {
    name: 'password',
    label: 'New password',
    type: 'password',
    autocomplete: 'new-password',
    hint: passwordHint(policy),
  }
  const password: PageField = {
    name: 'password',
    label: 'Password',
    type: 'password',
    autocomplete: 'current-password',
  }
  const ownPassword: PageField = { ...password, label: 'Your password, if you have one', optional: true }
  const email: PageField = { name: 'email', label: 'Email address', type: 'email', autocomplete: 'username' }
  return {
    'verify-email': {
      title: 'Confirm your email address',
      text: 'Enter the password you chose when you registered with this address. Leave it empty if you have none, or are signed in in this browser.',
      fields: [ownPassword],
      button: 'Confirm',
      endpoint: '/api/auth/email/verify',
      needs: 'link',
      done: { title: 'Email address confirmed', text: 'You can close this page.' },
      next: next(pages.after_verify),
      note: 'If you did not register, close this page.',
    },
    'confirm-email': {
      title: 'Change your email address',
      text: 'Enter the password of your account. Leave it empty if you are signed in to it in this browser.',
      fields: [ownPassword],
      button: 'Use this address',
      endpoint: '/api/auth/email/confirm',
      needs: 'link',
      done: { title: 'Email address changed', text: 'You can close this page.' },
      next: next(pages.after_email_change),
      note: 'If you did not request this change for your own account, close this page.',
    },
    'reset-password': {
      title: 'Choose a new password',
      text: 'You will be signed out everywhere.',
      fields: [newPassword],
      button: 'Save password',
      endpoint: '/api/auth/password/reset',
      needs: 'link',
      done: { title: 'Password changed', text: 'You can now sign in with it. You can close this page.' },
      next: next(pages.after_reset),
    },
    'magic-link': {
      title: 'Sign in',
      text: 'Continue to sign in in this browser.',
      fields: [],
      button: 'Sign in',
      endpoint: '/api/auth/magic-link?cookies=true',
      needs: 'link',
      secondStep: '/api/auth/mfa/totp/verify?cookies=true',
      done: { title: 'Signed in', text: 'You can close this page.' },
      next: next(pages.after_magic_link),
      note: 'If you did not request this link, close this page.',
    },
    'operator-password': {
      title: 'Choose your password',
      text: 'For your operator account on this server.',
      fields: [newPassword],
      button: 'Save password',
      endpoint: '/api/admin/password',
      needs: 'link',
      done: { title: 'Password saved', text: 'You can now sign in with it.' },
      next: `${ROOT}/operator-sign-in`,
    },
    'operator-sign-in': {
      title: 'Sign in as an operator',
      text: 'For those who run this server.',
      fields: [email, password],
      button: 'Sign in',
      endpoint: '/api/admin/login?cookies=true',
      needs: 'nothing',
      secondStep: '/api/admin/mfa/totp/verify?cookies=true',
      done: { title: 'Signed in', text: '' },
      next: `${ROOT}/operator`,
    },
    setup: {
      title: 'Become the first operator',
      text: 'This server has no owner yet. You become its owner, with full access to all data and settings.',
      fields: [email, newPassword],
      button: 'Create account',
      endpoint: '/api/admin/setup?cookies=true',
      needs: 'link',
      done: { title: 'You are the owner of this server', text: '' },
      next: `${ROOT}/operator`,
    },
  }
}
