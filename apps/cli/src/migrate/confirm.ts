import { confirm as ask, isCancel } from '@clack/prompts'
import { printableText } from '@koyalite/contracts'
import { CommandError } from '../command-error'
import { isInteractive } from '../terminal'

/** Asks before something that may be regretted. Throws a CommandError where nobody agrees; `--yes` agrees beforehand. */
export async function confirm(question: string, { yes }: { readonly yes: boolean }): Promise<void> {
  if (yes) return
  if (!isInteractive()) {
    throw new CommandError(`${question} Cannot ask for confirmation: this is not a terminal.`, {
      advice: 'Pass --yes to confirm.',
    })
  }
  const answer = await ask({ message: printableText(question), initialValue: false })
  if (isCancel(answer) || !answer) throw new CommandError('Nothing was changed.')
}
