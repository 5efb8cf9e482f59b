import {
  type JsonValue,
  type MailTemplates,
  OWN_MAILS,
  type OwnMail,
  type OwnMailName,
  type RenderedTemplate,
  TemplateError,
} from '@koyalite/contracts'
import { ownProps } from '../sign-in/own-props'
import { OWN_LOCALES, ownLocale, renderOwnMail } from '../sign-in/render-own-mail'

/** A template as operators see it. */
export interface ListedTemplate {
  readonly name: string
  /** `sign_in`: the server sends it by itself. */
  readonly kind: 'sign_in' | 'project'
  /** Null: there is none in the project, and ours is used. */
  readonly file: string | null
  readonly locales: readonly string[]
}

export type Preview =
  | { readonly email: RenderedTemplate; readonly error: null }
  | { readonly email: null; readonly error: { readonly message: string; readonly trace: string | null } }

export interface PreviewCall {
  readonly name: string
  /** Null: samples, of the template's own where it has some. */
  readonly props: JsonValue | null
  readonly locale: string
}

export interface PreviewSettings {
  /** The project's name. */
  readonly app: string
  /** Of mails that name none. */
  readonly otherwise: string
}

const HOUR = 3_600_000
const CODE = { code: '314159', validFor: HOUR / 6 }
const link = (page: string, validFor: number) => ({ link: `https://example.com/_/auth/${page}#token=sample`, validFor })

/** What the emails of sign-in are shown with. */
const SAMPLES: Readonly<Record<OwnMailName, Pick<OwnMail, 'link' | 'code' | 'validFor'>>> = {
  verify_email: link('verify-email', 24 * HOUR),
  account_exists: link('reset-password', HOUR),
  reset_password: link('reset-password', HOUR),
  magic_link: link('magic-link', HOUR / 4),
  otp: CODE,
  change_email: link('confirm-email', HOUR),
  email_changed: {},
  password_changed: {},
  test: {},
}

/** Those of sign-in first, then the project's own. @param templates null: of the project there are none */
export function listTemplates(templates: MailTemplates | null): readonly ListedTemplate[] {
  const found = templates?.list() ?? []
  const texts = templates?.locales() ?? []
  const own = OWN_MAILS.filter((name) => name !== 'test').map((name) => {
    const file = found.find((one) => one.name === name)
    const locales = file === undefined ? Object.keys(OWN_LOCALES) : localesOf(file.locales, texts)
    return { name, kind: 'sign_in', file: file?.file ?? null, locales } as const
  })
  const others = found
    .filter(({ name }) => !isOwn(name))
    .map(({ name, file, locales }) => ({ name, kind: 'project', file, locales: localesOf(locales, texts) }) as const)
  return [...own, ...others]
}

/** As it would be sent. Null where there is no such template. */
export async function previewTemplate(
  { name, props, locale }: PreviewCall,
  templates: MailTemplates | null,
  settings: PreviewSettings,
): Promise<Preview | null> {
  const isOfProject = templates?.list().some((one) => one.name === name) === true
  if (!isOfProject && !isOwn(name)) return null
  const sample: OwnMail | null = isOwn(name)
    ? { template: name, to: 'ann@example.com', ...SAMPLES[name], locale }
    : null
  const values = props ?? (sample === null ? 'preview' : ownProps(sample, settings.app))
  if (templates === null || !isOfProject) {
    if (sample === null) return null
    const email = renderOwnMail(sample, settings)
    const shown = ownProps(sample, settings.app)
    return {
      email: { ...email, locale: ownLocale(sample, settings.otherwise), props: shown, missing: [], untranslated: [] },
      error: null,
    }
  }
  try {
    return { email: await templates.render({ name, props: values, locale }), error: null }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    return { email: null, error: { message: error.message, trace: error.trace } }
  }
}

function isOwn(name: string): name is OwnMailName {
  return OWN_MAILS.some((own) => own === name)
}

function localesOf(...lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())].sort()
}
