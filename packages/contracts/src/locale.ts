const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(['ar', 'arc', 'ckb', 'dv', 'fa', 'he', 'ps', 'sd', 'ug', 'ur', 'yi'])
const RIGHT_TO_LEFT_SCRIPTS: ReadonlySet<string> = new Set(['Arab', 'Hebr', 'Thaa', 'Syrc', 'Nkoo'])
const MAX_LENGTH = 35

export function isLocaleTag(tag: string): boolean {
  try {
    return tag.length <= MAX_LENGTH && Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

/** The locale first, then what stands in for it: `fr-CA`, `fr`, then the same of `otherwise`. */
export function localeChain(locale: string, otherwise: string): readonly string[] {
  return [...new Set([locale, otherwise].filter(isLocaleTag).flatMap(withParents))]
}

function withParents(tag: string): readonly string[] {
  const parts = (Intl.getCanonicalLocales(tag)[0] ?? tag).split('-')
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('-'))
}

export function directionOf(tag: string): 'ltr' | 'rtl' {
  const { language, script } = new Intl.Locale(tag)
  return (script === undefined ? RIGHT_TO_LEFT.has(language) : RIGHT_TO_LEFT_SCRIPTS.has(script)) ? 'rtl' : 'ltr'
}
