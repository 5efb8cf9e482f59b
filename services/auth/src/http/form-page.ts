import { type HtmlContent, html, projectMark, type ServerPage, serverPage } from '@koyalite/kernel'

/** A page with a form that goes to the API: what a link in a mail leads to, or a sign-in of operators. */
export interface FormPage {
  readonly title: string
  readonly text: string
  readonly fields: readonly PageField[]
  readonly button: string
  /** Where the form goes. */
  readonly endpoint: string
  /** `link`: it is opened with a secret behind the `#`, which is sent too. */
  readonly needs: 'link' | 'nothing'
  /** Where the second factor goes, if the endpoint asks for one. */
  readonly secondStep?: string
  readonly done: { readonly title: string; readonly text: string }
  /** Where the browser goes after success; null: it stays, and says that the page can be closed. */
  readonly next: string | null
  /** What stands under the form. */
  readonly note?: HtmlContent
}

export interface PageField {
  readonly name: string
  readonly label: string
  readonly type: 'email' | 'password'
  readonly autocomplete: 'username' | 'current-password' | 'new-password'
  readonly hint?: string
  /** May be left empty; it is sent anyway. */
  readonly optional?: boolean
}

export interface FormPageFrame {
  /** The project's name. */
  readonly project: string
  /** Path of the script. */
  readonly script: string
}

const STYLE = `
main { min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column; justify-content: center; gap: 16px; width: min(400px, 100%); margin: 0 auto; padding: 24px 16px 10vh; }
.card { padding: 24px; border: 1px solid var(--line); border-radius: 12px; background: var(--surface); }
form > p, #done p { color: var(--text-2); margin-top: 8px; }
label { display: block; margin-top: 16px; font-weight: 500; font-size: 14px; line-height: 20px; }
label small { display: block; font-size: 13px; line-height: 18px; font-weight: 400; color: var(--text-3); margin-top: 4px; }
input { display: block; width: 100%; height: 40px; margin-top: 6px; padding: 0 12px; font: inherit; font-size: 16px; color: inherit; background: var(--canvas); border: 1px solid var(--control); border-radius: 6px; }
button, .next { display: block; width: 100%; margin-top: 20px; padding: 9px 16px; border: 0; border-radius: 6px; background: var(--accent); color: #fff; font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer; }
button:hover, .next:hover { filter: brightness(1.08); }
button:disabled { opacity: 0.6; cursor: default; filter: none; }
#message { margin-top: 16px; padding: 10px 12px; border-radius: 6px; background: var(--danger-soft); color: var(--danger); font-size: 14px; line-height: 20px; }
#message:empty { display: none; }
#title[hidden] + #first[hidden] + #message { margin-top: 0; }
#done { outline: none; }
#done h1::before { content: "✓"; display: inline-grid; place-items: center; width: 24px; height: 24px; margin-right: 8px; border-radius: 50%; background: var(--success-soft); color: var(--success); font-size: 14px; line-height: 1; vertical-align: 2px; }
#note { font-size: 13px; line-height: 20px; color: var(--text-3); padding: 0 4px; }
@media (max-width: 480px) { main { justify-content: flex-start; padding-top: 32px; } .card { padding: 20px; } }
@media (prefers-reduced-motion: no-preference) { button, .next { transition: filter 80ms; } }
`

/** The page as HTML. Nothing happens by opening it; `form-page.client.js` sends what is entered. */
export function formPage(page: FormPage, { project, script }: FormPageFrame): ServerPage {
  const { title, text, endpoint, needs, button, secondStep, done, next, note } = page
  const fields = page.fields.map(
    ({ name, label, type, autocomplete, hint, optional = false }) =>
      html`<label>${label}<input name="${name}" type="${type}" autocomplete="${autocomplete}"${optional ? null : REQUIRED}>${hint !== undefined && html`<small>${hint}</small>`}</label>
`,
  )
  const second =
    secondStep !== undefined &&
    html`<form id="second" data-endpoint="${secondStep}" hidden>
<p>Enter the code from your authenticator app, or one of your recovery codes.</p>
<label>Code<input name="code" autocomplete="one-time-code" autocapitalize="off" spellcheck="false" required></label>
<button>Continue</button>
</form>`
  const body = html`<main>
${projectMark(project)}
<div class="card">
<h1 id="title">${title}</h1>
<form id="first" data-endpoint="${endpoint}" data-needs="${needs}">
<p>${text}</p>
${fields}<button>${button}</button>
</form>
${second}
<p id="message" role="alert"></p>
<div id="done" role="status" tabindex="-1" hidden>
<h1>${done.title}</h1>
${next === null ? html`<p>${done.text}</p>` : html`<a class="next" id="next" href="${next}">Continue to ${project}</a>`}
</div>
<noscript><p id="message">This page needs JavaScript.</p></noscript>
</div>
${note !== undefined && html`<p id="note">${note}</p>`}
</main>`
  return serverPage({ title, project, body, style: STYLE, script })
}

const REQUIRED = html` required`
