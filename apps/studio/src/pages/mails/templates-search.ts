const VIEWS = ['wide', 'narrow', 'text'] as const
const SCHEMES = ['light', 'dark'] as const

/** 600 px, 360 px, or as plain text. */
export type TemplateView = (typeof VIEWS)[number]

export interface TemplatesSearch {
  /** Which one is shown. */
  readonly name?: string
  readonly locale?: string
  readonly view?: TemplateView
  readonly scheme?: (typeof SCHEMES)[number]
}

export function templatesSearch({ name, locale, ...search }: Readonly<Record<string, unknown>>): TemplatesSearch {
  const view = VIEWS.find((one) => one === search.view)
  const scheme = SCHEMES.find((one) => one === search.scheme)
  return {
    ...(typeof name === 'string' && name !== '' && { name: name.slice(0, 100) }),
    ...(typeof locale === 'string' && locale !== '' && { locale: locale.slice(0, 40) }),
    ...(view !== undefined && { view }),
    ...(scheme !== undefined && { scheme }),
  }
}
