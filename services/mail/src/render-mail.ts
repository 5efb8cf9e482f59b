import type { Mail } from '@koyalite/contracts'
import { escapeHtml } from './escape-html'

/** A mail as it is sent. */
export interface RenderedMail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** Writes a mail, as plain text and as simple HTML that says the same. @param app the project's name */
export function renderMail(mail: Mail, app: string): RenderedMail {
  const { template } = mail
  const name = oneLine(app)
  const validity = mail.validFor === undefined ? null : `It expires in ${duration(mail.validFor)}.`
  const text = [
    template.intro,
    ...(mail.link === undefined ? [] : [`${template.action ?? 'Open'}:\n${mail.link}`]),
    ...(mail.code === undefined ? [] : [mail.code]),
    ...(validity === null ? [] : [validity]),
    template.outro,
    `— ${name}`,
  ].join('\n\n')
  const paragraphs = [
    escapeHtml(template.intro),
    ...(mail.link === undefined ? [] : [link(mail.link, template.action ?? 'Open')]),
    ...(mail.code === undefined
      ? []
      : [`<strong style="font-size:24px;letter-spacing:4px">${escapeHtml(mail.code)}</strong>`]),
    ...(validity === null ? [] : [escapeHtml(validity)]),
    escapeHtml(template.outro),
    `— ${escapeHtml(name)}`,
  ]
  return { subject: template.subject(name), text: `${text}\n`, html: page(paragraphs) }
}

function link(address: string, action: string): string {
  const safe = escapeHtml(address)
  return `<a href="${safe}" style="font-weight:600">${escapeHtml(action)}</a><br><span style="font-size:13px;color:#666;word-break:break-all">${safe}</span>`
}

function page(paragraphs: readonly string[]): string {
  const body = paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join('\n')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"></head>
<body style="font:16px/1.5 system-ui,sans-serif;max-width:36em;margin:0 auto;padding:24px">
${body}
</body></html>
`
}

function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 120) return minutes === 1 ? 'one minute' : `${minutes} minutes`
  return `${Math.round(minutes / 60)} hours`
}

/** A name in a subject line must not begin another header. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
