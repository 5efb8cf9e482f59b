import { html, projectMark, type ServerPage, serverPage } from '@koyalite/kernel'
import type { Unsubscription } from './unsubscribe-link'

const STYLE = `
main { width: min(440px, 100%); margin: 0 auto; padding: 56px 16px; }
h1 { margin-top: 24px; } h1 + p { color: var(--color-text-2); margin: 4px 0 16px; }
`

/** Asks first: programs that look for viruses follow every link of a mail. */
export function askPage(project: string, { address, list }: Unsubscription): ServerPage {
  return page(project, {
    title: 'Unsubscribe',
    body: html`<p>${address} gets no more emails of this kind (${list}).</p>
<form method="post"><button class="primary">Unsubscribe</button></form>`,
    isForm: true,
  })
}

export function donePage(project: string, { address, list }: Unsubscription): ServerPage {
  return page(project, {
    title: 'Unsubscribed',
    body: html`<p>${address} gets no more emails of this kind (${list}).</p>`,
  })
}

export function invalidPage(project: string): ServerPage {
  return page(project, {
    title: 'This link is not valid',
    body: html`<p>Open the link of the email again, or copy it completely.</p>`,
  })
}

interface Content {
  readonly title: string
  readonly body: ReturnType<typeof html>
  readonly isForm?: boolean
}

function page(project: string, { title, body, isForm = false }: Content): ServerPage {
  return serverPage({
    ...{ title, project, style: STYLE, isForm },
    body: html`<main>
${projectMark(project)}
<h1>${title}</h1>
${body}
</main>`,
  })
}
