import { html, projectMark, type ServerPage, serverPage } from '@koyalite/kernel'
import type { AuthContext } from '../auth-context'

const STYLE = `
main { width: min(720px, 100%); margin: 0 auto; padding: 24px 16px 56px; }
header { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; justify-content: space-between; margin-bottom: 32px; }
#who { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; color: var(--color-text-2); overflow-wrap: anywhere; }
#message { margin-bottom: 24px; }
h1 + p { color: var(--color-text-2); margin-top: 4px; }
ol { list-style: none; margin-top: 24px; counter-reset: step; }
ol > li { counter-increment: step; display: grid; grid-template-columns: 24px minmax(0, 1fr); gap: 0 12px; padding: 20px; }
ol > li + li { border-top: 1px solid var(--color-line); }
ol > li::before { content: counter(step); display: grid; place-items: center; width: 24px; height: 24px; border-radius: 50%; background: var(--color-sunken); color: var(--color-text-2); font-size: var(--text-sm); line-height: 1; font-weight: 600; }
li > div > p { color: var(--color-text-2); margin-top: 4px; }
li pre, pre + p, li button { margin-top: 12px; }
#findings { list-style: none; margin-top: 12px; }
#findings li { padding: 8px 0; border-top: 1px solid var(--color-line); }
#findings strong { font-weight: 600; } #findings .problem strong { color: var(--color-danger-text); } #findings .note strong { color: var(--color-warning-text); }
#findings span { display: block; color: var(--color-text-2); }
@media (max-width: 640px) { main { padding-top: 16px; } header { margin-bottom: 24px; } ol > li { padding: 16px; } }
`

const INSECURE =
  'This page needs https, or http://localhost on the server itself. Your account is there: open it with one of those, and sign in.'

/**
 * Where setting up a server and signing in as an operator lead: who is signed in, and what to do next. The page says
 * nothing of the project but its name; what it shows besides, its script asks the admin API for.
 */
export function operatorPage(
  { settings, publicUrl }: Pick<AuthContext, 'settings' | 'publicUrl'>,
  { script, signInPage }: { readonly script: string; readonly signInPage: string },
): ServerPage {
  const request = `curl -H "Authorization: Bearer $KEY" '${publicUrl()}/api/collections/users?limit=3'`
  const body = html`<main data-sign-in="${signInPage}" data-insecure="${INSECURE}">
<header>${projectMark(settings.name)}<div id="who" hidden><span id="email"></span><span id="role"></span><button id="sign-out">Sign out</button></div></header>
<p id="message" role="alert"></p>
<noscript><p>This page needs JavaScript.</p></noscript>
<div id="steps" hidden>
<h1>Next steps</h1>
<p>You are signed in as an operator of this server. Its <a href="/">start page</a> shows the API.</p>
<ol class="panel">
<li><div><h2>Make a first request</h2>
<p>Programs send a service key. This creates one that may do everything: store it like a password.</p>
<button id="create-key">Create a service key</button>
<div id="key" hidden><pre id="key-text"></pre><p>It is not shown again. To try it:</p><pre>${request}</pre></div>
</div></li>
<li><div><h2>Describe your data</h2>
<p>Collections, fields and rules are in <code>schema.yaml</code>. Under <code>koyalite dev</code> the API follows when you save it; <code>koyalite start</code> applies it at the next start.</p>
</div></li>
<li><div><h2>Add other operators</h2>
<p>The command prints a link to choose a password. Roles: owner, admin, editor, viewer.</p>
<pre>koyalite admin create colleague@example.com --role editor</pre>
</div></li>
<li><div><h2>Before you go live</h2>
<p>Checks the database, backups, emails, rules and settings, and says what to change.</p>
<button id="check">Run the checks</button>
<ul id="findings" role="status"></ul>
</div></li>
</ol>
</div>
</main>`
  return serverPage({ title: 'Operator', project: settings.name, body, style: STYLE, script })
}
