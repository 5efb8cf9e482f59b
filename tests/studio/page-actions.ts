import type { Locator, Page } from 'playwright-core'

export function button(page: Page, name: string): Locator {
  return page.getByRole('button', { name, exact: true })
}

export function field(page: Page, name: string): Locator {
  return page.getByLabel(name, { exact: true })
}

export function grid(page: Page): Locator {
  return page.getByRole('grid')
}

export async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key)
}

export function save(page: Page): Promise<void> {
  return page.keyboard.press('Control+s')
}

/** As the browser does it for Ctrl+V, into what has the focus. */
export function paste(page: Page, text: string): Promise<void> {
  return page.evaluate(`(() => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', ${JSON.stringify(text)})
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  })()`)
}

export interface ActiveCell {
  readonly text: string
  /** Counted from 1. */
  readonly row: number
  /** px from the top of the window. */
  readonly y: number
}

/** The cell of the grid with the focus: what it shows, and where it is. */
export function activeCell(page: Page): Promise<ActiveCell | null> {
  return page.evaluate(`(() => {
    const id = document.querySelector('[role=grid]')?.getAttribute('aria-activedescendant')
    const cell = id && document.getElementById(id)
    return cell ? { text: cell.textContent, row: Number(cell.parentElement.getAttribute('aria-rowindex')) - 1, y: Math.round(cell.getBoundingClientRect().top) } : null
  })()`)
}

/** What the clipboard has, as an input gets it. The focus is in no part of the page then. */
export async function clipboardText(page: Page): Promise<string> {
  await page.evaluate(
    `(() => { const box = document.createElement('textarea'); box.id = 'paste'; document.body.append(box); box.focus() })()`,
  )
  await page.keyboard.press('Control+V')
  return page.evaluate<string>(
    `(() => { const box = document.getElementById('paste'); const text = box.value; box.remove(); return text })()`,
  )
}

/** A filter as the address of a list has it. */
export function filterParameter(...filters: readonly string[]): string {
  return `filter=${encodeURIComponent(JSON.stringify(filters))}`
}
