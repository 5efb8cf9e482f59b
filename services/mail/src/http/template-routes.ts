import { admin } from '@koyalite/access'
import { AppError, isLocaleTag, type JsonValue, type MailTemplates } from '@koyalite/contracts'
import { type Route, route } from '@koyalite/kernel'
import { z } from 'zod'
import { MAIL_AREA } from '../admin-areas'
import type { MailSettings } from '../mail-settings'
import { listTemplates, type Preview, previewTemplate } from '../templates/template-previews'
import { emailFrame } from './email-frame'

export interface TemplateRoutesContext {
  readonly settings: () => MailSettings
  /** Of the project; null until they are known. */
  readonly templates: () => MailTemplates | null
}

const listed = z.object({
  name: z.string(),
  kind: z.enum(['sign_in', 'project']).describe('`sign_in`: the server sends it by itself.'),
  file: z.string().nullable().describe("From the project's folder; null: ours is used."),
  locales: z.array(z.string()).describe('Languages that it has texts in.'),
})

const preview = z.object({
  name: z.string(),
  email: z
    .object({
      subject: z.string(),
      html: z.string().describe('Written by others: show it in a frame without scripts.'),
      text: z.string(),
      locale: z.string().describe('Whose texts it has.'),
      props: z.record(z.string(), z.unknown()),
      missing: z.array(z.string()).describe('Texts that it asks for and no language has.'),
      untranslated: z.array(z.string()).describe('Texts that it has in another language than its own.'),
    })
    .nullable()
    .describe('Null where it could not be rendered.'),
  error: z.object({ message: z.string(), trace: z.string().nullable().describe('Of its code.') }).nullable(),
})

const query = z.object({
  locale: z
    .string()
    .refine(isLocaleTag, { error: 'must be a language tag like fr or fr-CA' })
    .optional()
    .describe('By default email.locale.'),
  props: z.string().max(65_536).optional().describe('A JSON object; by default `PreviewProps` of the template.'),
})

const frameQuery = query.extend({
  scheme: z.enum(['light', 'dark']).optional().describe('By default that of the browser.'),
})

/** The templates of emails, and how they look. */
export function templateRoutes({ settings, templates }: TemplateRoutesContext): readonly Route[] {
  async function rendered(name: string, { locale, props }: z.output<typeof query>): Promise<Preview> {
    const { name: app, email } = settings()
    const call = { name, props: props === undefined ? null : propsOf(props), locale: locale ?? email.locale }
    const found = await previewTemplate(call, templates(), { app, otherwise: email.locale })
    if (found !== null) return found
    throw new AppError('NOT_FOUND', `There is no template ${name}: templates are files like emails/${name}.tsx.`)
  }
  return [
    route({
      method: 'GET',
      path: '/api/admin/mail/templates',
      name: 'listMailTemplates',
      summary: 'List templates of emails',
      access: admin(MAIL_AREA, 'read'),
      responses: { 200: z.object({ default_locale: z.string(), templates: z.array(listed) }) },
      handle: () => ({
        default_locale: settings().email.locale,
        templates: listTemplates(templates()).map((one) => ({ ...one, locales: [...one.locales] })),
      }),
    }),
    route({
      method: 'GET',
      path: '/api/admin/mail/templates/:name',
      name: 'previewMailTemplate',
      summary: 'Render a template of emails, with its PreviewProps or others',
      access: admin(MAIL_AREA, 'read'),
      query,
      responses: { 200: preview },
      async handle({ params: { name }, query }) {
        const found = await rendered(name, query)
        if (found.email === null) return { name, ...found }
        const { props: values, missing, untranslated, ...rest } = found.email
        return {
          name,
          email: { ...rest, props: { ...(values as object) }, missing: [...missing], untranslated: [...untranslated] },
          error: null,
        }
      },
    }),
    route({
      method: 'GET',
      path: '/api/admin/mail/templates/:name/html',
      name: 'showMailTemplate',
      summary: 'Show how a template of emails looks, for a frame of the studio',
      access: admin(MAIL_AREA, 'read'),
      query: frameQuery,
      responses: { 200: { mediaType: 'text/html; charset=utf-8' } },
      handle: async ({ params, query }) =>
        emailFrame((await rendered(params.name, query)).email?.html ?? '', query.scheme),
    }),
  ]
}

function propsOf(text: string): JsonValue {
  const problem = () => new AppError('INVALID_REQUEST', '\'props\' must be a JSON object, like {"name":"Ann"}.')
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw problem()
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw problem()
  return parsed as JsonValue
}
