import type { World } from '../world'

/** What a function does in any language, and anywhere. Throws where it does something else. */
export interface Behaviour {
  readonly name: string
  /** Where not all isolations have it. */
  readonly isolations?: readonly World['isolation'][]
  run(world: World): Promise<void>
}
