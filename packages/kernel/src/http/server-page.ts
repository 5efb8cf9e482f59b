import { DESIGN_TOKENS } from './design-tokens'
import { Html, html } from './html'

/** A page of the server itself, in the studio's design: complete, in both colour schemes, without resources of other hosts. */
export interface ServerPage {
  readonly text: string
  /** Its media type, and a policy that allows what is in it and nothing else. */
  readonly headers: Readonly<Record<string, string>>
}

export interface ServerPageOptions {
  readonly title: string
  /** The project's name, which is on every page. */
  readonly project: string
  readonly body: Html
  /** Rules besides those of every page. */
  readonly style?: string
  /** Path of its script on this server; it may then send requests here. Without one nothing runs. */
  readonly script?: string
  /** Whether it has frames, with pages of this server. */
  readonly hasFrames?: boolean
  /** It has a form that is sent to this server. */
  readonly isForm?: boolean
}

/** Lays out a page. Its style stands in it, under a hash; a script is a file. */
export function serverPage({
  title,
  project,
  body,
  style = '',
  script,
  isForm = false,
  hasFrames,
}: ServerPageOptions): ServerPage {
  const css = BASE_STYLE + style
  const hash = new Bun.CryptoHasher('sha256').update(css).digest('base64')
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    'img-src data:',
    ...(script === undefined ? [] : ["script-src 'self'", "connect-src 'self'"]),
    ...(hasFrames === true ? ["frame-src 'self'"] : []),
    "base-uri 'none'",
    `form-action ${isForm ? "'self'" : "'none'"}`,
    "frame-ancestors 'none'",
  ]
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title === project ? title : `${title} · ${project}`}</title>
<link rel="icon" href="data:,">
<style>${new Html(css)}</style>
${script !== undefined && html`<script src="${script}" defer></script>`}
</head>
<body>
${body}
</body>
</html>
`
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy.join('; ') }
  return { text: page.text, headers }
}

/** The project's name with its initial, at the top of a page. */
export function projectMark(name: string): Html {
  const [initial = ''] = name
  return html`<span class="project"><span class="mark" aria-hidden="true">${initial.toUpperCase()}</span>${name}</span>`
}

/** The language of apps/studio/DESIGN.md. On phones text is larger, and inputs have 16 px, so that none zooms in on them. */
const BASE_STYLE = `${DESIGN_TOKENS}
:root { color-scheme: light dark; }
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; font: var(--text-md)/var(--text-md--line-height) var(--font-sans); font-variant-numeric: tabular-nums; background: var(--color-surface); color: var(--color-text); overflow-wrap: break-word; }
h1, h2, p, ul, ol, dl, dd, pre { margin: 0; padding: 0; }
h1 { font-size: var(--text-large); line-height: var(--text-large--line-height); font-weight: 600; text-wrap: balance; }
h2 { font-size: var(--text-title); line-height: var(--text-title--line-height); font-weight: 600; }
a { color: var(--color-link); text-underline-offset: 3px; text-decoration-thickness: 1px; }
code, pre { font: var(--text-code)/var(--text-code--line-height) var(--font-mono); }
pre { padding: 12px 16px; background: var(--color-sunken); border-radius: var(--radius-panel); white-space: pre-wrap; overflow-wrap: anywhere; }
label { display: block; font-size: var(--text-base); line-height: var(--text-base--line-height); font-weight: 500; }
small { display: block; font-size: var(--text-sm); line-height: var(--text-sm--line-height); color: var(--color-text-3); }
input { display: block; width: 100%; height: 32px; padding: 0 10px; font: inherit; font-weight: 400; color: inherit; background: var(--color-canvas); border: 1px solid var(--color-control); border-radius: var(--radius-control); }
button, .button { display: inline-flex; height: 32px; align-items: center; justify-content: center; padding: 0 12px; border: 1px solid var(--color-control); border-radius: var(--radius-control); background: var(--color-raised); color: inherit; font: 500 var(--text-base)/var(--text-base--line-height) var(--font-sans); text-decoration: none; white-space: nowrap; cursor: pointer; transition: background-color 80ms, filter 80ms; }
button:hover, .button:hover { background: var(--color-sunken); }
.primary { border-color: transparent; background: var(--color-accent); color: var(--color-on-accent); }
.primary:hover { background: var(--color-accent); filter: brightness(1.1); }
button:disabled { opacity: 0.6; cursor: default; }
[role="alert"] { padding: 8px 12px; border-radius: var(--radius-control); background: var(--color-danger-soft); color: var(--color-danger-text); font-size: var(--text-base); line-height: var(--text-base--line-height); }
[role="alert"]:empty, [hidden] { display: none !important; }
:focus-visible { outline: 2px solid var(--color-focus); outline-offset: 2px; }
.project { display: flex; align-items: center; gap: 10px; font-size: var(--text-md); line-height: var(--text-md--line-height); font-weight: 600; overflow-wrap: anywhere; }
.mark { flex: none; display: grid; place-items: center; width: 24px; height: 24px; border-radius: var(--radius-control); background: var(--color-accent); color: var(--color-on-accent); font-size: var(--text-base); line-height: 1; }
.quiet { color: var(--color-text-2); }
.panel { border: 1px solid var(--color-line); border-radius: var(--radius-panel); background: var(--color-raised); }
@media (max-width: 640px) {
  body, label, button, .button { font-size: 15px; line-height: 22px; }
  input, button, .button { height: 40px; }
  input { font-size: 16px; }
}
`
