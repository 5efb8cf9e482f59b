import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { TemplateError } from '@koyalite/contracts'
import { findMessages } from './find-templates'

const MAX_BYTES = 1024 * 1024

/** Texts of locales, the wanted one first: those that emails/messages has. @throws TemplateError where one cannot be read */
export function messagesFor(dir: string, chain: readonly string[]): readonly { locale: string; texts: object }[] {
  const files = findMessages(dir)
  return chain.flatMap((locale) => {
    const file = files.get(locale)
    return file === undefined ? [] : [{ locale, texts: readTexts(dir, file) }]
  })
}

function readTexts(dir: string, file: string): object {
  if (statSync(join(dir, file)).size > MAX_BYTES) throw fault(`${file} is larger than 1 MB`)
  let texts: unknown
  try {
    texts = JSON.parse(readFileSync(join(dir, file), 'utf8'))
  } catch (error) {
    throw fault(`${file} is not JSON: ${(error as Error).message}`)
  }
  if (typeof texts === 'object' && texts !== null && !Array.isArray(texts)) return texts
  throw fault(`${file} must be an object of texts: { "welcome": { "title": "Hello {name}" } }`)
}

function fault(message: string): TemplateError {
  return new TemplateError(message, { isFinal: true })
}
