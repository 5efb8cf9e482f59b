import { browserChoice, chooseInBrowser } from '../../shell/browser-choice'

const NAME = 'sql'
export const EDITOR_PERCENT = 38

/** How much of the height the editor has, in percent. By browser and not by operator: it is a matter of the screen. */
export function editorPercent(): number {
  return Number(browserChoice(NAME) ?? EDITOR_PERCENT)
}

export function chooseEditorPercent(percent: number): void {
  const rounded = Math.round(percent)
  chooseInBrowser(NAME, rounded === EDITOR_PERCENT ? null : String(rounded))
}
