import { render, toPlainText } from '@react-email/render'
import { SignInEmail, type SignInEmailProps } from './sign-in-email'

/** An email with `{{names}}` where values belong. */
export interface Layout {
  readonly html: string
  readonly text: string
}

const COMMON = { lang: '{{lang}}', dir: '{{dir}}', app: '{{app}}', intro: '{{intro}}', outro: '{{outro}}' }
const VALIDITY = '{{validity}}'

/** By what an email has. What is put into them needs neither React nor a process of its own. */
const KINDS: Readonly<Record<'link' | 'code' | 'notice', SignInEmailProps>> = {
  link: {
    ...COMMON,
    link: { href: '{{link}}', action: '{{action}}', orOpen: '{{or_open}}' },
    validity: VALIDITY,
  },
  code: { ...COMMON, code: '{{code}}', validity: VALIDITY },
  notice: COMMON,
}

export async function signInLayouts(): Promise<Readonly<Record<string, Layout>>> {
  const entries = Object.entries(KINDS).map(async ([kind, props]) => {
    const html = await render(<SignInEmail {...props} />)
    const text = toPlainText(html, {
      wordwrap: false,
      selectors: [{ selector: 'a', options: { linkBrackets: false } }],
    })
    // An address on a line of its own is a link in all programs.
    return [kind, { html, text: text.replace('{{action}} {{link}}', '{{action}}:\n{{link}}') }] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}
