import type { OwnMail } from '@koyalite/contracts'

/** What a template of the project gets that stands for one of ours. None of it is what a person has written of themselves. */
export interface OwnProps {
  readonly [name: string]: string | number | null
  /** The project's name. */
  readonly app: string
  readonly email: string
  readonly link: string | null
  readonly code: string | null
  /** How long the link or code is valid. */
  readonly minutes: number | null
}

export function ownProps({ to, link, code, validFor }: OwnMail, app: string): OwnProps {
  const minutes = validFor === undefined ? null : Math.round(validFor / 60_000)
  return { app, email: to, link: link ?? null, code: code ?? null, minutes }
}
