import { type Html, html, projectMark, type ServerPage, serverPage } from '@koyalite/kernel'
import type { JsonSchema } from '@koyalite/schema'

/** Where somebody can go from here. */
export interface LandingLink {
  readonly path: string
  readonly text: string
}

export interface LandingCollection {
  readonly name: string
  readonly description: string | null
  /** What anonymous callers may read of it, by its rules: everything, what rules allow, nothing; or there is no rule. */
  readonly readable: 'all' | 'some' | 'none' | 'unruled'
}

export interface Landing {
  readonly project: string
  readonly version: string
  /** The address that users see. */
  readonly url: string
  /** `start`: only what may be public. */
  readonly mode: 'dev' | 'start'
  readonly collections: readonly LandingCollection[]
  readonly registration: 'open' | 'closed'
  /** Fields of a user, for an example of a registration. */
  readonly userExample: JsonSchema
  /** Whether users may sign in with accounts elsewhere. */
  readonly hasProviders: boolean
  readonly links: readonly LandingLink[]
  /** Where operators sign in; null where that is nobody else's business. */
  readonly operatorPage: string | null
}

const STYLE = `
main { width: min(760px, 100%); margin: 0 auto; padding: 24px 16px 56px; }
header { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; justify-content: space-between; }
.version, .tag { font-size: var(--text-sm); line-height: var(--text-sm--line-height); color: var(--color-text-3); }
section { margin-top: 32px; }
section > p { color: var(--color-text-2); margin-top: 4px; } section > .then { margin-top: 16px; }
pre { margin-top: 12px; border: 1px solid var(--color-line); background: var(--color-raised); }
pre + pre { margin-top: 8px; }
.list { margin-top: 12px; list-style: none; }
.list li { display: flex; flex-wrap: wrap; gap: 0 16px; align-items: baseline; justify-content: space-between; padding: 8px 16px; }
.list li + li { border-top: 1px solid var(--color-line); }
.list code { overflow-wrap: anywhere; }
.list small { flex-basis: 100%; overflow-wrap: anywhere; color: var(--color-text-2); }
.tag.all { color: var(--color-success-text); }
.list a { text-decoration: none; } .list a:hover { text-decoration: underline; } .list a code { color: inherit; }
@media (max-width: 640px) { main { padding-top: 16px; } section { margin-top: 24px; } }
`

/** What a browser is shown at the server's address: whose it is, a first request, where to sign in, where to read on. */
export function landingPage(landing: Landing): ServerPage {
  const { project, version, mode, links } = landing
  const body = html`<main>
<header><h1>${projectMark(project)}</h1><span class="version">KoyaLite ${version}${mode === 'dev' && ' · development'}</span></header>
${firstRequest(landing)}
${collectionList(landing)}
${signingIn(landing)}
<section><h2>${mode === 'dev' ? 'Documentation and tools' : 'Documentation'}</h2>
<ul class="list panel">
${links.map(({ path, text }) => html`<li><a href="${path}">${text}</a><code class="tag">${path}</code></li>\n`)}</ul></section>
</main>`
  return serverPage({ title: project, project, body, style: STYLE })
}

/** Works for this very project as it stands. */
function firstRequest({ collections, url, mode }: Landing): Html {
  // The last ones: schemas go from the general to what is interesting.
  const open = collections.findLast(({ readable }) => readable === 'all')
  if (open === undefined && mode === 'start') return html``
  const path = (name = 'users') => `/api/collections/${name}?limit=3`
  const withoutKey =
    open === undefined
      ? html`<p>Nothing is public yet.</p>`
      : html`<p>Everyone may read <code>${open.name}</code>. <a href="${path(open.name)}">Open it here</a>, or run:</p>
<pre>curl '${url}${path(open.name)}'</pre>`
  const withKey =
    mode === 'dev' &&
    html`<p class="then">A service key may read and write everything:</p>
<pre>koyalite keys create
curl -H "Authorization: Bearer $KEY" '${url}${path(collections.at(-1)?.name)}'</pre>`
  return html`<section><h2>First request</h2>
${withoutKey}
${withKey}</section>`
}

const TAGS: Readonly<Record<LandingCollection['readable'], string>> = {
  all: 'everyone may read',
  some: 'read by rule',
  none: 'not for anonymous callers',
  unruled: 'no read rule',
}

function collectionList({ collections, mode }: Landing): Html {
  if (collections.length === 0) return html``
  const items = collections.map(
    ({ name, description, readable }) =>
      html`<li>${collectionName(name, readable)}<span class="tag ${readable}">${TAGS[readable]}</span>${description !== null && html`<small>${description}</small>`}</li>\n`,
  )
  const hint = mode === 'dev' && html`<p>From <code>schema.yaml</code>. Save it, and the API follows.</p>`
  return html`<section><h2>Collections</h2>${hint}
<ul class="list panel">
${items}</ul></section>`
}

function collectionName(name: string, readable: LandingCollection['readable']): Html {
  const isOpen = readable === 'all' || readable === 'some'
  return isOpen ? html`<a href="/api/collections/${name}?limit=3"><code>${name}</code></a>` : html`<code>${name}</code>`
}

function signingIn({ url, registration, userExample, hasProviders, operatorPage }: Landing): Html {
  const account = { email: 'you@example.com', password: 'choose-a-passphrase' }
  const request = (path: string, body: JsonSchema) =>
    html`<pre>curl ${url}/api/auth/${path} \\
  --json '${JSON.stringify(body).replaceAll("'", "'\\''")}'</pre>`
  return html`<section><h2>Sign in</h2>
<p>${registration === 'open' ? 'Users register and sign in' : 'Users sign in'} with the API${hasProviders && html`, or with <a href="/api/auth/providers">other providers</a>`}. Those who run this server ${operatorPage === null ? 'sign in as operators' : html`<a href="${operatorPage}">sign in as operators</a>`}.</p>
${registration === 'open' && request('register', { ...userExample, ...account })}
${request('login', account)}</section>`
}
