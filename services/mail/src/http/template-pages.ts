import { ANYONE, AppError, isLocaleTag, type MailTemplates } from '@koyalite/contracts'
import { type Html, html, projectMark, type Route, reply, route, type ServerPage, serverPage } from '@koyalite/kernel'
import { z } from 'zod'
import type { MailSettings } from '../mail-settings'
import { type ListedTemplate, listTemplates, type Preview, previewTemplate } from '../templates/template-previews'
import { requireLocal } from './dev-page'
import { emailFrame } from './email-frame'
import reloadScript from './reload-page.client.js' with { type: 'text' }

const STYLE = `
main { width: min(1040px, 100%); margin: 0 auto; padding: 24px 16px 56px; }
h1 { margin-top: 24px; } h1 + p { color: var(--color-text-2); margin: 4px 0 16px; }
nav { display: flex; flex-wrap: wrap; gap: 4px 12px; margin-bottom: 16px; }
.views { display: flex; flex-wrap: wrap; gap: 16px; align-items: flex-start; margin-bottom: 16px; }
iframe { border: 1px solid var(--color-line); border-radius: var(--radius-panel); background: var(--color-raised); height: 640px; max-width: 100%; }
h2 { margin: 16px 0 8px; }
`
const SCRIPT = '/_/mail/reload.js'

export interface TemplatePagesContext {
  readonly settings: () => MailSettings
  /** Of the project; null until they are known. */
  readonly templates: () => MailTemplates | null
}

const query = z.object({ locale: z.string().refine(isLocaleTag, { error: 'must be a language tag' }).optional() })

/** Previews of templates in `dev`, which follow their files. Never mounted elsewhere. */
export function templatePages({ settings, templates }: TemplatePagesContext): readonly Route[] {
  const preview = async (name: string, locale: string | undefined): Promise<Preview> => {
    const { name: app, email } = settings()
    const call = { name, props: null, locale: locale ?? email.locale }
    const found = await previewTemplate(call, templates(), { app, otherwise: email.locale })
    if (found === null) throw new AppError('NOT_FOUND', `There is no template ${name}.`)
    return found
  }
  const page = { method: 'GET', access: ANYONE, credentials: 'none' } as const
  return [
    route({
      ...{
        ...page,
        path: '/_/mail/templates/:name',
        summary: 'A template of emails on this development server',
        query,
      },
      responses: { 200: { mediaType: 'text/html; charset=utf-8' } },
      async handle({ request, params: { name }, query: { locale } }) {
        requireLocal(request)
        const shown = await preview(name, locale)
        const listed = listTemplates(templates()).find((one) => one.name === name)
        const { text, headers } = templatePage(settings().name, { name, locale, shown, listed })
        return reply(200, text, { headers })
      },
    }),
    route({
      ...{ ...page, path: '/_/mail/templates/:name/html', summary: 'The HTML of a template of emails', query },
      responses: { 200: { mediaType: 'text/html; charset=utf-8' } },
      async handle({ request, params: { name }, query: { locale } }) {
        requireLocal(request)
        return emailFrame((await preview(name, locale)).email?.html ?? '')
      },
    }),
    route({
      ...{
        ...page,
        path: '/_/mail/version',
        summary: 'What the templates of emails are made of, as a text that changes',
      },
      responses: { 200: { mediaType: 'text/plain; charset=utf-8' } },
      handle({ request }) {
        requireLocal(request)
        return reply(200, templates()?.version() ?? '')
      },
    }),
    route({
      ...{ ...page, path: SCRIPT, summary: 'What reloads previews of emails' },
      responses: { 200: { mediaType: 'text/javascript; charset=utf-8' } },
      handle: () => reply(200, reloadScript),
    }),
  ]
}

/** Links to the templates, for the mailbox. */
export function templateLinks(templates: MailTemplates | null): Html {
  const links = listTemplates(templates).map(
    ({ name, file }) => html`<a href="/_/mail/templates/${name}">${name}</a>${file !== null && ` (${file})`} `,
  )
  return html`<nav aria-label="Templates">${links}</nav>`
}

interface ShownTemplate {
  readonly name: string
  readonly locale: string | undefined
  readonly shown: Preview
  readonly listed: ListedTemplate | undefined
}

function templatePage(project: string, { name, locale, shown: { email, error }, listed }: ShownTemplate): ServerPage {
  const query = locale === undefined ? '' : `?locale=${locale}`
  const locales = (listed?.locales ?? []).map(
    (one) => html`<a href="/_/mail/templates/${name}?locale=${one}">${one}</a> `,
  )
  const frame = (width: number) =>
    html`<iframe title="${name}, ${width} pixels wide" sandbox="allow-popups" width="${width}" src="/_/mail/templates/${name}/html${query}"></iframe>`
  const content =
    email === null
      ? html`<p role="alert">${error.message}</p>${error.trace !== null && html`<h2>Trace</h2><pre>${error.trace}</pre>`}`
      : html`<div class="views">${frame(600)}${frame(360)}</div>
${email.missing.length > 0 && html`<p role="alert">No language has: ${email.missing.join(', ')}</p>`}
<h2>Text</h2><pre>${email.text}</pre>
<h2>Props</h2><pre>${JSON.stringify(email.props, null, 2)}</pre>`
  const body = html`<main>
${projectMark(project)}
<h1>${email?.subject ?? name}</h1>
<p>${listed?.file ?? `${name}, as the server has it`}${email !== null && ` · ${email.locale}`}. <a href="/_/mail">All emails</a></p>
<nav aria-label="Languages">${locales}</nav>
${content}
</main>`
  return serverPage({ title: name, project, body, style: STYLE, script: SCRIPT, hasFrames: true })
}
