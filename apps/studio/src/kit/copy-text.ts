/**
 * Puts a text on the clipboard, over plain http too, where browsers have no clipboard for pages. Called by a click or a
 * key. @returns false where the browser does not allow it: then show the text selected
 */
export function copyText(text: string): boolean {
  let isTaken = false
  const put = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
    event.stopImmediatePropagation()
    isTaken = true
  }
  document.addEventListener('copy', put, { capture: true })
  try {
    return document.execCommand('copy') && isTaken
  } finally {
    document.removeEventListener('copy', put, { capture: true })
  }
}
