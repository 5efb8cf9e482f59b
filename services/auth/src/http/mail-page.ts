/** A page that a link in a mail leads to: it asks, and then sends the secret behind the `#` to the API. */
export interface MailPage {
  readonly title: string
  readonly text: string
  readonly button: string
  /** Where the secret goes. */
  readonly endpoint: string
  /** Further inputs. */
  readonly fields: readonly PageField[]
  readonly done: string
}

interface PageField {
  readonly name: string
  readonly label: string
  readonly type: 'email' | 'password'
  readonly autocomplete: 'username' | 'current-password' | 'new-password'
  /** May be left empty; it is sent anyway. */
  readonly optional?: boolean
}

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center; background: light-dark(#f6f6f7, #111113); color: light-dark(#1a1a1a, #e8e8e8); }
main { width: min(24rem, 100% - 2rem); box-sizing: border-box; padding: 2rem; border-radius: 12px; border: 1px solid light-dark(#ddd, #333); background: light-dark(#fff, #1b1b1d); }
h1 { font-size: 1.25rem; margin: 0 0 0.5rem; } label { display: block; margin: 1rem 0 0; } label input { margin-top: 0.25rem; }
input, button { font: inherit; width: 100%; box-sizing: border-box; padding: 0.6rem 0.7rem; border-radius: 8px; border: 1px solid light-dark(#bbb, #444); background: light-dark(#fff, #111113); color: inherit; }
button { margin-top: 1.25rem; border: 0; background: light-dark(#1a1a1a, #f0f0f0); color: light-dark(#fff, #111); font-weight: 600; cursor: pointer; }
button:disabled { opacity: 0.5; cursor: default; } :focus-visible { outline: 3px solid light-dark(#0b57d0, #8ab4f8); outline-offset: 2px; }
#message:empty { display: none; } #message { margin: 1rem 0 0; } #message.wrong { color: light-dark(#b3261e, #ffb4ab); }
`

/**
 * Nothing happens by opening the page: programs that scan mails open links too. The secret leaves the address bar at
 * once, and is sent in a body only.
 */
const SCRIPT = `
const form = document.querySelector('form'), message = document.getElementById('message'), button = form.querySelector('button')
const token = new URLSearchParams(location.hash.slice(1)).get('token')
history.replaceState(null, '', location.pathname)
const wrong = (text) => { message.className = 'wrong'; message.textContent = text }
if (!token) { form.hidden = true; wrong('This link is incomplete. Open the full link from the email.') }
form.addEventListener('submit', async (event) => {
  event.preventDefault()
  button.disabled = true
  message.className = message.textContent = ''
  try {
    const body = JSON.stringify({ ...Object.fromEntries(new FormData(form)), token })
    const response = await fetch(form.dataset.endpoint, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const result = await response.json().catch(() => null)
    if (response.ok) { form.hidden = true; message.textContent = form.dataset.done }
    else wrong(result?.error?.message ?? 'Something went wrong. Try again.')
  } catch { wrong('The server cannot be reached. Try again.') }
  button.disabled = false
})
`

const hash = (text: string) => `'sha256-${new Bun.CryptoHasher('sha256').update(text).digest('base64')}'`

export const MAIL_PAGE_HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'content-security-policy': `default-src 'none'; script-src ${hash(SCRIPT)}; style-src ${hash(STYLE)}; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
}

/** The page as HTML. All texts are ours. */
export function mailPage(page: MailPage): string {
  const fields = page.fields.map(
    ({ name, label, type, autocomplete, optional = false }) =>
      `<label>${label}<input name="${name}" type="${type}" autocomplete="${autocomplete}"${optional ? '' : ' required'}></label>`,
  )
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${page.title}</title><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,"><meta name="robots" content="noindex"><style>${STYLE}</style></head>
<body><main><h1>${page.title}</h1>
<form data-endpoint="${page.endpoint}" data-done="${page.done}"><div>${page.text}</div>${fields.join('')}<button>${page.button}</button></form>
<p id="message" role="status"></p></main><script>${SCRIPT}</script></body></html>
`
}
