import type { World } from '../world'

/** What a function does in any language, and anywhere. Throws where it does something else. */
export interface Behaviour {
  readonly name: string
  /**
   * What isolations do each in their own way, so that it has to be seen in each. Null: it is between the code and the server, whose connection is one
   * socket in all of them; the first isolation of a runtime shows it for the others.
   */
  readonly differs: string | null
  /** Where not all isolations have it. */
  readonly isolations?: readonly World['isolation'][]
  run(world: World): Promise<void>
}
