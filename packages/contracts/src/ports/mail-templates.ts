import type { JsonValue } from '../json-value'

/** A template of mails that the project has: `emails/welcome.tsx`. */
export interface MailTemplateFacts {
  /** `welcome`. */
  readonly name: string
  /** From the project's folder. */
  readonly file: string
  /** Of the files that are for one locale each: `emails/welcome.fr.tsx`. */
  readonly locales: readonly string[]
}

export interface TemplateCall {
  readonly name: string
  /** An object. `preview`: those that the template has as its own, `PreviewProps`. */
  readonly props: JsonValue | 'preview'
  /** Which texts are wanted: those of the nearest locale that the project has are taken. */
  readonly locale: string
}

export interface RenderedTemplate {
  /** One line. */
  readonly subject: string
  readonly html: string
  readonly text: string
  /** Whose texts it has. */
  readonly locale: string
  /** What it was rendered with. */
  readonly props: JsonValue
  /** Texts that it asked for and no locale has. */
  readonly missing: readonly string[]
  /** Texts that it has in another language, for want of them in its own. */
  readonly untranslated: readonly string[]
}

/** The templates of the project, which are rendered away from the server's process. */
export interface MailTemplates {
  /** As the folder is now. */
  list(): readonly MailTemplateFacts[]
  /** Those that the folder has texts of, in messages/ or in files of their own. */
  locales(): readonly string[]
  /** Changes with every file that a template may depend on. */
  version(): string
  /** @throws TemplateError */
  render(call: TemplateCall): Promise<RenderedTemplate>
}

/** A template could not be rendered. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  /** It would fail again: its own fault, not that of the moment. */
  readonly isFinal: boolean
  /** Of its code, where that threw. */
  readonly trace: string | null

  constructor(message: string, how: { readonly isFinal: boolean; readonly trace?: string | null }) {
    super(message)
    this.isFinal = how.isFinal
    this.trace = how.trace ?? null
  }
}
