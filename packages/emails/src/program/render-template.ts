import { render, toPlainText } from '@react-email/render'
import { type ComponentType, createElement } from 'react'
import { type Texts, translator } from './translate'

/** What the server asks for. */
export interface RenderCall {
  /** The bundle of the template. */
  readonly entry: string
  /** Null: those that it has as its own, for previews. */
  readonly props: Readonly<Record<string, unknown>> | null
  readonly locale: string
  readonly direction: 'ltr' | 'rtl'
  /** Texts of the locale first, then of those that stand in for it. */
  readonly chain: readonly { readonly locale: string; readonly texts: Texts }[]
}

export interface Rendered {
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly props: Readonly<Record<string, unknown>>
  readonly missing: readonly string[]
  readonly untranslated: readonly string[]
}

/** Of an email that is read by programs which cut long ones. */
const MAX_BYTES = 256 * 1024
const MAX_SUBJECT = 500

type Props = Readonly<Record<string, unknown>>
type Subject = string | ((props: Props) => unknown)
interface TemplateModule {
  readonly default?: unknown
  readonly subject?: Subject
  readonly PreviewProps?: Props
}

/** The locale of what is being rendered: one template at a time is. */
export const current: Pick<RenderCall, 'locale' | 'direction'> = { locale: 'en', direction: 'ltr' }

/** Throws what the template throws, and an Error that says what it lacks. */
export async function renderTemplate({ entry, props, locale, direction, chain }: RenderCall): Promise<Rendered> {
  Object.assign(current, { locale, direction })
  const module: TemplateModule = await import(entry)
  const component = module.default
  if (typeof component !== 'function') throw new Error('has no component as its default export')
  // Where examples of React Email have them.
  const own = component as ComponentType<Props> & Pick<TemplateModule, 'subject' | 'PreviewProps'>
  const given = props ?? module.PreviewProps ?? own.PreviewProps ?? {}
  const translated = translator(locale, chain)
  const all = { ...given, t: translated.t, locale }
  const subject = subjectOf(module.subject ?? own.subject, all)
  const html = withLocale(await render(createElement(own, all)), { locale, direction })
  const text = toPlainText(html)
  const bytes = Buffer.byteLength(html) + Buffer.byteLength(text)
  if (bytes > MAX_BYTES) throw new Error(`makes an email of ${bytes} bytes; 256 KB are allowed: link to what is large`)
  return { subject, html, text, props: given, missing: translated.missing, untranslated: translated.untranslated }
}

/** One line, whatever is in the values. */
function subjectOf(subject: Subject | undefined, props: Props): string {
  if (subject === undefined)
    throw new Error("exports no subject: add `export const subject = ({ name }) => 'Welcome, ' + name`")
  const text = typeof subject === 'function' ? subject(props) : subject
  if (typeof text !== 'string') throw new Error(`has a subject that is not text but ${typeof text}`)
  const line = text.replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ').trim()
  if (line === '') throw new Error('has an empty subject')
  return line.length > MAX_SUBJECT ? `${line.slice(0, MAX_SUBJECT - 1)}…` : line
}

/** What reads a text aloud, and where its lines begin, go by these. */
function withLocale(html: string, { locale, direction }: Pick<RenderCall, 'locale' | 'direction'>): string {
  return html.replace(/<html\b([^>]*)>/i, (_, attributes: string) => {
    const has = (name: string) => new RegExp(`\\s${name}=`, 'i').test(attributes)
    const added = [...(has('lang') ? [] : [` lang="${locale}"`]), ...(has('dir') ? [] : [` dir="${direction}"`])]
    return `<html${attributes}${added.join('')}>`
  })
}
