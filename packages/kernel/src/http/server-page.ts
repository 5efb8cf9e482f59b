import { Html, html } from './html'

/** A page of the server itself: complete, in both color schemes, without resources of other hosts. */
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
}

/** Lays out a page. Its style stands in it, under a hash; a script is a file. */
export function serverPage({ title, project, body, style = '', script }: ServerPageOptions): ServerPage {
  const css = BASE_STYLE + style
  const hash = new Bun.CryptoHasher('sha256').update(css).digest('base64')
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    'img-src data:',
    ...(script === undefined ? [] : ["script-src 'self'", "connect-src 'self'"]),
    "base-uri 'none'",
    "form-action 'none'",
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

const BASE_STYLE = `
:root {
  color-scheme: light dark;
  --canvas: light-dark(#f6f7f9, #0e1013); --surface: light-dark(#fff, #14171b); --sunken: light-dark(#edeff2, #22272e);
  --line: light-dark(#e2e5e9, #272c33); --control: light-dark(#858d98, #6c7581);
  --text: light-dark(#15181c, #e7eaee); --text-2: light-dark(#474e58, #b3bac4); --text-3: light-dark(#5e6671, #8e97a3);
  --accent: light-dark(#3a53c9, #4c65de); --link: light-dark(#2f47b8, #9fb1ff); --focus: light-dark(#3a53c9, #8fa3ff);
  --danger: light-dark(#b01f26, #ff9592); --danger-soft: light-dark(#fdebeb, #3a1618);
  --warning: light-dark(#7f4d00, #f2b84b); --success: light-dark(#146c43, #5dc88d); --success-soft: light-dark(#e5f5eb, #10291c);
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace;
}
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; font: 15px/22px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; background: var(--canvas); color: var(--text); overflow-wrap: break-word; }
h1, h2, p, ul, ol, dl, dd, pre { margin: 0; padding: 0; }
h1 { font-size: 20px; line-height: 28px; font-weight: 600; text-wrap: balance; }
h2 { font-size: 15px; line-height: 22px; font-weight: 600; }
a { color: var(--link); text-underline-offset: 3px; text-decoration-thickness: 1px; }
code, pre { font: 13px/20px var(--mono); }
pre { padding: 12px 16px; background: var(--sunken); border-radius: 8px; white-space: pre-wrap; overflow-wrap: anywhere; }
[hidden] { display: none !important; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.project { display: flex; align-items: center; gap: 10px; font-weight: 600; overflow-wrap: anywhere; }
.mark { flex: none; display: grid; place-items: center; width: 28px; height: 28px; border-radius: 8px; background: var(--accent); color: #fff; font-size: 14px; line-height: 1; }
.quiet { color: var(--text-2); }
`
