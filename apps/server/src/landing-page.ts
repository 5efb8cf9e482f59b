/** Where somebody can go from here. */
export interface LandingLink {
  readonly path: string
  readonly text: string
}

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#f6f6f7, #111113); color: light-dark(#1a1a1a, #e8e8e8); }
main { width: min(26rem, 100% - 2rem); box-sizing: border-box; margin: 1rem 0; padding: 2rem; border-radius: 12px; border: 1px solid light-dark(#ddd, #333); background: light-dark(#fff, #1b1b1d); }
h1 { font-size: 1.25rem; margin: 0; overflow-wrap: anywhere; } p { margin: 0.25rem 0 1.25rem; color: light-dark(#5f5f5f, #a0a0a0); }
ul { list-style: none; margin: 0; padding: 0; } li { border-top: 1px solid light-dark(#e4e4e4, #333); }
a { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; padding: 0.6rem 0; color: light-dark(#0b57d0, #8ab4f8); text-decoration: none; }
a:hover span { text-decoration: underline; } code { font: 0.85em/1.8 ui-monospace, monospace; color: light-dark(#5f5f5f, #a0a0a0); }
:focus-visible { outline: 3px solid light-dark(#0b57d0, #8ab4f8); outline-offset: 2px; border-radius: 4px; }
`
const STYLE_HASH = new Bun.CryptoHasher('sha256').update(STYLE).digest('base64')

export const LANDING_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
}

/** What a browser is shown at the server's address: whose it is, and where to continue. */
export function landingPage(input: {
  readonly name: string
  readonly version: string
  readonly links: readonly LandingLink[]
}): string {
  const name = Bun.escapeHTML(input.name)
  const items = input.links.map(
    ({ path, text }) => `<li><a href="${path}"><span>${text}</span><code>${path}</code></a></li>`,
  )
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${name}</title><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><main><h1>${name}</h1><p>KoyaLite ${input.version}</p><ul>${items.join('')}</ul></main></body></html>
`
}
