import { describeOrigin, type Origin } from './located-value'

/** One thing wrong with the settings. `message` includes the suggestion, if there is one. */
export interface SettingsProblem {
  readonly at: Origin
  readonly message: string
}

/** `koyalite.yaml:4:3 unknown option 'prot' (did you mean 'port'?)` */
export function formatSettingsProblem(problem: SettingsProblem): string {
  return `${describeOrigin(problem.at)} ${problem.message}`
}
