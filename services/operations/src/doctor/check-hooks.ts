import type { OperationsContext } from '../operations-context'
import { type Finding, problem } from './finding'

/** Hooks that do not run, and those that have held the server for good. */
export function checkHooks({ hooks }: Pick<OperationsContext, 'hooks'>): readonly Finding[] {
  const check = 'hooks'
  const off = hooks.off()
  const isOff = (place: string) => off.some((one) => one.place === place)
  return [
    ...off.map(({ place, reason }) =>
      problem(check, `${place} is off, and the writes that it belongs to are refused: ${reason}`, OFF_ADVICE),
    ),
    ...hooks
      .stopped()
      .filter(({ place }) => !isOff(place))
      .map(({ place, at }) =>
        problem(
          check,
          `${place} did not end and held the server, which was started again: ${at.join(', ')}`,
          'Find the loop in its file. After three times the hook stays off, until its code is changed.',
        ),
      ),
  ]
}

const OFF_ADVICE =
  'Change its code, and restart the server (dev loads it by itself). To write without any hook meanwhile: --no-hooks.'
