import { reply } from '@koyalite/kernel'

const FRAME_POLICY = [
  ...["default-src 'none'", "style-src 'unsafe-inline'", 'img-src data:', "base-uri 'none'", "form-action 'none'"],
  // Of no origin, and without scripts: it was written by others.
  ...['sandbox allow-popups', "frame-ancestors 'self'"],
].join('; ')

export type ColorScheme = 'light' | 'dark'

/** The HTML of an email by itself, which runs nothing and loads nothing. @param scheme instead of that of who looks at it */
export function emailFrame(html: string, scheme?: ColorScheme) {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': FRAME_POLICY,
    'x-frame-options': 'SAMEORIGIN',
  }
  return reply(200, scheme === undefined ? html : inScheme(html, scheme), { headers })
}

/** As it looks in a scheme of colours, whichever the browser has: its media queries are answered here. */
export function inScheme(html: string, scheme: ColorScheme): string {
  const answered = html.replaceAll(/\(\s*prefers-color-scheme\s*:\s*(light|dark)\s*\)/g, (_, asked: string) =>
    asked === scheme ? '(min-width: 0)' : '(max-width: 0)',
  )
  const style = `<style>:root { color-scheme: only ${scheme} }</style>`
  return answered.includes('</head>') ? answered.replace('</head>', `${style}</head>`) : style + answered
}
