/** Text that is safe in a page as it is. Made by `html`, which escapes what is put into it. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type HtmlContent = string | number | Html | readonly HtmlContent[] | null | false

/**
 * HTML with contents in it. Texts are escaped, for between tags and for attributes in double quotes; HTML stays as it
 * is; of a list come all items; null and false are nothing.
 */
export function html(strings: TemplateStringsArray, ...contents: readonly HtmlContent[]): Html {
  return new Html(strings.reduce((before, part, index) => before + textOf(contents[index - 1] ?? null) + part))
}

function textOf(content: HtmlContent): string {
  if (content === null || content === false) return ''
  if (content instanceof Html) return content.text
  if (typeof content === 'object') return content.map(textOf).join('')
  return String(content).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
