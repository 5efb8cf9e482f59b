import { directionOf, localeChain, type OwnMail } from '@koyalite/contracts'
import { html as escaped } from '@koyalite/kernel'
import layouts from './layouts.json'
import type { MailText, MailTexts } from './mail-texts'
import de from './texts/de.json'
import en from './texts/en.json'
import es from './texts/es.json'
import fr from './texts/fr.json'

/** A mail as it is sent. */
export interface RenderedMail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

export const OWN_LOCALES: Readonly<Record<string, MailTexts>> = { de, en, es, fr }

/**
 * An email of sign-in with the texts of ours, in the nearest language that there is. Its layout is a component of React Email, rendered when this was
 * built: `npm run emails`.
 * @param app the project's name @param otherwise the locale of mails that name none
 */
export function renderOwnMail(
  mail: OwnMail,
  { app, otherwise }: { readonly app: string; readonly otherwise: string },
): RenderedMail {
  const locale = ownLocale(mail, otherwise)
  const texts = OWN_LOCALES[locale] ?? en
  const { template } = mail
  const {
    subject,
    intro,
    action = '',
    outro,
  }: MailText = typeof template === 'string' ? texts.mails[template] : template
  const name = oneLine(app)
  const { link = '', code = '', validFor } = mail
  const duration = validFor === undefined ? '' : durationText(validFor, locale)
  const validity = texts.validity.replace('{duration}', () => duration)
  const values = {
    ...{ lang: locale, dir: directionOf(locale), app: name, intro, outro, action, or_open: texts.or_open },
    ...{ link, code, validity },
  }
  const layout = layouts[mail.link !== undefined ? 'link' : mail.code !== undefined ? 'code' : 'notice']
  return {
    subject: subject.replace('{app}', () => name),
    html: filled(layout.html, values, (value) => escaped`${value}`.text),
    text: `${filled(layout.text, values, (value) => value)}\n`,
  }
}

/** The nearest language that ours have. */
export function ownLocale({ template, locale = '' }: OwnMail, otherwise: string): string {
  if (typeof template !== 'string') return 'en'
  return localeChain(locale, otherwise).find((one) => Object.hasOwn(OWN_LOCALES, one)) ?? 'en'
}

function filled(layout: string, values: Readonly<Record<string, string>>, as: (value: string) => string): string {
  return layout.replace(/\{\{(\w+)\}\}/g, (_, name) => as(values[name] ?? ''))
}

function durationText(ms: number, locale: string): string {
  const minutes = Math.round(ms / 60_000)
  const [count, unit] = minutes < 120 ? [minutes, 'minute'] : [Math.round(minutes / 60), 'hour']
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count)
}

/** A name in a subject line must not begin another header. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
