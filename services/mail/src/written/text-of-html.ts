/** What HTML says as plain text, for programs that show no HTML. Bounded: 256 KB of tags take some tens of milliseconds. */
export async function textOfHtml(html: string): Promise<string> {
  // Most mails are of templates of ours, which have a text.
  const { convert } = await import('html-to-text')
  return convert(html, {
    wordwrap: false,
    limits: { maxDepth: 100, maxChildNodes: 20_000 },
    selectors: [
      ...HEADINGS.map((selector) => ({ selector, options: { uppercase: false } })),
      { selector: 'img', format: 'skip' },
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
    ],
  })
}

const HEADINGS = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']
