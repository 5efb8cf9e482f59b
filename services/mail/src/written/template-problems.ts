import { isLocaleTag, type MailTemplateFacts, type TemplateOfMail } from '@koyalite/contracts'

const MAX_PROPS = 64 * 1024

/** What is wrong with the template of a mail, as far as that is known before it is rendered: fields, and what is said of each. */
export function templateProblems(
  { name, props, locale }: TemplateOfMail,
  templates: readonly MailTemplateFacts[],
): readonly (readonly [field: string, message: string])[] {
  const known = templates.map((one) => one.name)
  const bytes = Buffer.byteLength(JSON.stringify(props))
  return [
    ...(known.includes(name) ? [] : [['template', missing(name, known)] as const]),
    ...(bytes <= MAX_PROPS
      ? []
      : [['props', `has ${bytes} bytes as JSON; 64 KB are allowed: pass what the template shows`] as const]),
    ...(locale === null || isLocaleTag(locale)
      ? []
      : [['locale', `must be a language tag like fr or fr-CA; not ${JSON.stringify(locale.slice(0, 40))}`] as const]),
  ]
}

function missing(name: string, known: readonly string[]): string {
  const shown = JSON.stringify(name.slice(0, 80))
  return known.length === 0
    ? `names ${shown}, and the project has no templates: they are files like emails/welcome.tsx`
    : `names ${shown}, which is not in emails/; there are ${known.slice(0, 20).join(', ')}`
}
