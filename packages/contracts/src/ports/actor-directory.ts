import type { Actor } from '../actor'
import type { JobActor } from './job-queue'

/** Who somebody is now, without a credential of theirs: for what is done in their name later. */
export interface ActorDirectory {
  /** Null where they are gone, blocked, disabled or revoked; of a user whom an operator acted as, also where that operator is. They have no session. */
  actorNow(subject: JobActor): Actor | null
}
