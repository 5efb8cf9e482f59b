import { isLocaleTag } from '@koyalite/contracts'

/** The language of an email: as it was asked for, else as the user's `metadata.locale` says; undefined where neither names one. */
export function mailLocale(
  user: { readonly metadata?: unknown } | null,
  asked?: string | undefined,
): string | undefined {
  const own = (user?.metadata as { readonly locale?: unknown } | null | undefined)?.locale
  return [asked, own].find((locale): locale is string => typeof locale === 'string' && isLocaleTag(locale))
}
