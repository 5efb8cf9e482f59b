import type { MailTemplate } from '@koyalite/contracts'

const IGNORE = 'If you did not request this, you can ignore this email.'
const ALARM = 'If this was not you, reset your password immediately and contact the administrator of this site.'

/** The mails of this service. */
export const AUTH_MAILS = {
  verify_email: {
    name: 'verify_email',
    subject: (app: string) => `Confirm your email address for ${app}`,
    intro: 'Someone, hopefully you, registered with this email address.',
    action: 'Confirm email address',
    outro: 'If you did not register, do not open this link.',
  },
  account_exists: {
    name: 'account_exists',
    subject: (app: string) => `You already have an account for ${app}`,
    intro:
      'Someone, hopefully you, tried to use this email address for an account, and you already have one. Sign in as usual. If you have forgotten your password, choose a new one with this link.',
    action: 'Choose a new password',
    outro: IGNORE,
  },
  reset_password: {
    name: 'reset_password',
    subject: (app: string) => `Reset your password for ${app}`,
    intro: 'Use this link to choose a new password. All your sessions will be signed out.',
    action: 'Choose a new password',
    outro: IGNORE,
  },
  magic_link: {
    name: 'magic_link',
    subject: (app: string) => `Sign in to ${app}`,
    intro: 'Use this link to sign in. It can be used once.',
    action: 'Sign in',
    outro: IGNORE,
  },
  otp: {
    name: 'otp',
    subject: (app: string) => `Your code for ${app}`,
    intro: 'Enter this code to sign in. Do not share it with anyone.',
    outro: IGNORE,
  },
  change_email: {
    name: 'change_email',
    subject: (app: string) => `Confirm your new email address for ${app}`,
    intro: 'You asked to change the email address of your account to this one.',
    action: 'Use this address',
    outro: IGNORE,
  },
  email_changed: {
    name: 'email_changed',
    subject: (app: string) => `Your email address for ${app} was changed`,
    intro: 'The email address of your account was changed.',
    outro: ALARM,
  },
  password_changed: {
    name: 'password_changed',
    subject: (app: string) => `Your password for ${app} was changed`,
    intro: 'Your password was changed, and all other sessions were signed out.',
    outro: ALARM,
  },
} satisfies Readonly<Record<string, MailTemplate>>
