import type { Mail } from '@koyalite/contracts'
import { type Html, type HtmlContent, html } from '@koyalite/kernel'

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
  const body = [
    html`<p>${template.intro}</p>`,
    mail.link !== undefined && linkTo(mail.link, template.action ?? 'Open'),
    mail.code !== undefined && html`<p style="${CODE}">${mail.code}</p>`,
    validity !== null && html`<p>${validity}</p>`,
    html`<p style="${QUIET}">${template.outro}</p>`,
  ]
  return { subject: template.subject(name), text: `${text}\n`, html: page(name, body).text }
}

const BUTTON =
  'display:inline-block;padding:10px 18px;border-radius:6px;background:#3a53c9;color:#ffffff;font-weight:600;text-decoration:none'
const CODE = 'font:600 28px/1.4 monospace;letter-spacing:6px'
/** Programs that read mail choose the colors. */
const QUIET = 'font-size:14px;opacity:0.7'

/** As a button, and as an address for those who want to see where it leads. */
function linkTo(address: string, action: string): Html {
  return html`<p><a href="${address}" style="${BUTTON}">${action}</a></p>
<p style="${QUIET};word-break:break-all">Or open this address: ${address}</p>`
}

function page(name: string, body: HtmlContent): Html {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head>
<body style="font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;max-width:34em;margin:0 auto;padding:32px 24px">
<p style="font-weight:600">${name}</p>
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
