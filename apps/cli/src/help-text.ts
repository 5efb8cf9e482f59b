import { Help, type HelpConfiguration } from 'commander'

/** Beside a term, a description must have so many columns; otherwise it stands under it. */
const MIN_COLUMNS = 30
const INDENT = '      '

/** Help that can be read in narrow terminals. */
export const HELP_LAYOUT: HelpConfiguration = {
  minWidthToWrap: MIN_COLUMNS,
  formatItem(term, termWidth, description, helper) {
    const width = helper.helpWidth ?? 80
    if (width - termWidth >= MIN_COLUMNS + 4 || description === '') {
      return Help.prototype.formatItem.call(helper, term, termWidth, description, helper)
    }
    return `  ${term}\n${helper.boxWrap(description, width - INDENT.length).replace(/^/gm, INDENT)}`
  },
}

/** Prose under the help of a command: on a terminal its paragraphs are as wide as that. */
export function helpNotes(text: string): () => string {
  return () => {
    if (process.stdout.isTTY !== true) return text
    const paragraphs = text.trim().split('\n\n')
    const width = Math.min(120, process.stdout.columns)
    return `\n${paragraphs.map((paragraph) => Bun.wrapAnsi(paragraph.replaceAll('\n', ' '), width)).join('\n\n')}`
  }
}
