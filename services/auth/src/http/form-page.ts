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
main { min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column; justify-content: center; gap: 12px; width: min(392px, 100%); margin: 0 auto; padding: 24px 16px 10vh; }
.card { display: flex; flex-direction: column; gap: 20px; padding: 24px; border: 1px solid var(--color-line); border-radius: var(--radius-dialog); background: var(--color-raised); }
form { display: flex; flex-direction: column; gap: 16px; }
form > p, #done p { color: var(--color-text-2); }
#done { display: flex; flex-direction: column; gap: 8px; outline: none; }
label input { margin: 4px 0; }
label small { font-weight: 400; }
.next { margin-top: 12px; }
#done h1::before { content: "✓"; display: inline-grid; place-items: center; width: 24px; height: 24px; margin-right: 8px; border-radius: 50%; background: var(--color-success-soft); color: var(--color-success-text); font-size: var(--text-md); line-height: 1; vertical-align: 2px; }
#note { font-size: var(--text-sm); line-height: var(--text-sm--line-height); color: var(--color-text-3); padding: 0 4px; }
@media (max-width: 640px) { main { justify-content: flex-start; padding-top: 24px; } .card { padding: 20px; } }
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
<button class="primary">Continue</button>
</form>`
  const body = html`<main>
<div class="card">
${projectMark(project)}
<h1 id="title">${title}</h1>
<form id="first" data-endpoint="${endpoint}" data-needs="${needs}">
<p>${text}</p>
${fields}<button class="primary">${button}</button>
</form>
${second}
<p id="message" role="alert"></p>
<div id="done" role="status" tabindex="-1" hidden>
<h1>${done.title}</h1>
${next === null ? html`<p>${done.text}</p>` : html`<a class="button primary next" id="next" href="${next}">Continue to ${project}</a>`}
</div>
<noscript><p id="message">This page needs JavaScript.</p></noscript>
</div>
${note !== undefined && html`<p id="note">${note}</p>`}
</main>`
  return serverPage({ title, project, body, style: STYLE, script })
}

const REQUIRED = html` required`
