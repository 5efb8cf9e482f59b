/** What of a keyboard event tells which key it is. */
export type PressedKey = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

/** Whether a press is this one step of a chord: `Mod+K`, `Alt+F`, `g`, `?`. */
export function matchesKey(pressed: PressedKey, step: string): boolean {
  const parts = step.split(/\+(?=.)/)
  const name = parts.pop() ?? ''
  const wants = (modifier: string) => parts.includes(modifier)
  if (wants('Mod') !== (pressed.ctrlKey || pressed.metaKey) || wants('Alt') !== pressed.altKey) return false
  // On some keyboards `?` and `/` are typed with Shift.
  if (isPrintable(name) && parts.length === 0) return pressed.key === name
  return wants('Shift') === pressed.shiftKey && pressed.key.toLowerCase() === name.toLowerCase()
}

/** Whether it begins with a bare printable key, which in an input is text. */
export function isTypedText(keys: string): boolean {
  return isPrintable(keys.split(' ')[0] ?? '')
}

function isPrintable(name: string): boolean {
  return [...name].length === 1
}
