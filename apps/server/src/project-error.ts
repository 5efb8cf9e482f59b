/** Why a project cannot be opened, in lines for the one who has to mend it (`schema.yaml:12:13 unknown type …`). */
export class ProjectError extends Error {
  override readonly name = 'ProjectError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}
