/**
 * What a terminal would take for an order instead of showing it: control characters but line feed and tab, C1 ones among them (U+009B begins a sequence like
 * ESC [), and those that turn the direction of the text, so that a line reads as something else than it is.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** Text from anywhere (names, values, errors), for a terminal: `\u001b` instead of the character. */
export function printableText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(CONTROL, escaped)
}

/** JSON for a terminal or a program: the same value, without a character that a terminal obeys. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replace(CONTROL, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
