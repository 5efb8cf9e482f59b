import { browserChoice, chooseInBrowser } from './browser-choice'

/** Whether the areas are icons only. By browser and not by operator: it is a matter of the screen. */
export function isRailNarrow(): boolean {
  return browserChoice('rail') === 'narrow'
}

export function setRailNarrow(isNarrow: boolean): void {
  chooseInBrowser('rail', isNarrow ? 'narrow' : null)
}
