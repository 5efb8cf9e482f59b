import { describe, expect, test } from 'bun:test'
import { OWN_MAILS, type OwnMail } from '@koyalite/contracts'
import { OWN_LOCALES, renderOwnMail } from './render-own-mail'

const SETTINGS = { app: 'Blog', otherwise: 'en' }
const LINK = 'https://example.com/_/auth/x#token=abc'
const MAIL: OwnMail = { template: 'magic_link', to: 'ann@example.com', link: LINK, validFor: 15 * 60_000 }

describe('the emails of sign-in', () => {
  test('have texts in each language: with the name of the project, and what to do if nobody asked for it', () => {
    for (const [locale, { mails }] of Object.entries(OWN_LOCALES))
      for (const name of OWN_MAILS) {
        const { subject, intro, outro, action } = mails[name]
        const en = OWN_LOCALES.en?.mails[name]
        expect([locale, name, subject.includes('{app}'), intro !== '', outro !== '']).toEqual([
          locale,
          name,
          true,
          true,
          true,
        ])
        expect([locale, name, action === undefined]).toEqual([locale, name, en?.action === undefined])
      }
  })

  test('say the same in text and HTML, in the nearest language', () => {
    const { subject, text, html } = renderOwnMail({ ...MAIL, locale: 'fr-CA' }, SETTINGS)
    expect(subject).toBe('Connexion à Blog')
    expect(text).toContain(`Se connecter:\n${LINK}\n\nValable 15 minutes.`)
    expect(html).toContain('<html dir="ltr" lang="fr">')
    for (const part of ['Se connecter', LINK, 'Valable 15 minutes.', 'Blog']) expect(html).toContain(part)
    expect(`${text}${html}`).not.toContain('{{')
  })

  test.each([
    ['xx', 'Sign in to Blog'],
    ['../../etc/passwd', 'Sign in to Blog'],
    ['constructor', 'Sign in to Blog'],
    ['DE', 'Anmeldung bei Blog'],
  ])('whatever a user has written as their locale: %s', (locale, subject) => {
    expect(renderOwnMail({ ...MAIL, locale }, SETTINGS).subject).toBe(subject)
  })

  test('escape what they are given, and keep a name on its line', () => {
    for (const template of OWN_MAILS) {
      const mail = { ...MAIL, template, link: 'https://example.com/?a=1&b=<i>{{code}}$&' }
      const { subject, text, html } = renderOwnMail(mail, { app: '<b>A</b>\r\nBcc: x@example.com', otherwise: 'en' })
      expect(subject).not.toMatch(/[\r\n]/)
      expect(text).toContain('https://example.com/?a=1&b=<i>{{code}}$&')
      expect(html).toContain('https://example.com/?a=1&amp;b=&lt;i&gt;{{code}}$&amp;')
      expect(html).toContain('&lt;b&gt;A&lt;/b&gt; Bcc')
      expect(html).not.toMatch(/<[bi]>/)
    }
  })

  test('have a code, or nothing to open', () => {
    const code = renderOwnMail({ template: 'otp', to: 'a@example.com', code: '314159', validFor: 600_000 }, SETTINGS)
    for (const part of [code.text, code.html]) expect(part).toContain('314159')
    const notice = renderOwnMail({ template: 'email_changed', to: 'a@example.com' }, SETTINGS)
    expect(notice.html).not.toContain('href')
    expect(notice.text).not.toContain('expires')
  })
})
