/** Texts of one locale by key: `welcome.title`. A text with forms by number is a map: `{ "one": "{count} day", "other": "{count} days" }`. */
export type Texts = { readonly [key: string]: string | Texts }

export type Translate = (key: string, values?: Readonly<Record<string, unknown>>) => string

export interface Translator {
  readonly t: Translate
  /** Keys that no locale has. */
  readonly missing: readonly string[]
  /** Keys whose texts are of another language than the wanted one. */
  readonly untranslated: readonly string[]
}

/** @param wanted the locale @param chain its texts first, then those of what stands in for it */
export function translator(
  wanted: string,
  chain: readonly { readonly locale: string; readonly texts: Texts }[],
): Translator {
  const language = languageOf(wanted)
  const missing = new Set<string>()
  const untranslated = new Set<string>()
  return {
    t(key, values = {}) {
      for (const { locale, texts } of chain) {
        const found = textAt(texts, key)
        const text = typeof found === 'object' ? formOf(found, locale, values.count) : found
        if (text === undefined) continue
        if (languageOf(locale) !== language) untranslated.add(key)
        return text.replace(/\{(\w+)\}/g, (whole, name) => shown(values, name, whole))
      }
      missing.add(key)
      return key
    },
    get missing() {
      return [...missing]
    },
    get untranslated() {
      return [...untranslated]
    },
  }
}

function languageOf(locale: string): string {
  return locale.split('-', 1)[0] ?? ''
}

function textAt(texts: Texts, key: string): string | Texts | undefined {
  if (Object.hasOwn(texts, key)) return texts[key]
  let at: string | Texts | undefined = texts
  for (const part of key.split('.')) {
    if (typeof at !== 'object' || !Object.hasOwn(at, part)) return undefined
    at = at[part]
  }
  return at
}

function formOf(forms: Texts, locale: string, count: unknown): string | undefined {
  const form = typeof count === 'number' ? new Intl.PluralRules(locale).select(count) : 'other'
  const found = Object.hasOwn(forms, form) ? forms[form] : forms.other
  return typeof found === 'string' ? found : undefined
}

function shown(values: Readonly<Record<string, unknown>>, name: string, otherwise: string): string {
  return Object.hasOwn(values, name) ? String(values[name]) : otherwise
}
