import type { ChatCollection, ChatUser } from '../wires/wire'
import { koyaliteLive } from './koyalite-live'
import type { LiveKind } from './live-job'
import { pocketbaseLive } from './pocketbase-live'

/** What is followed: the newest 20 of a collection, or of one room in it. */
export interface Question {
  readonly collection: ChatCollection
  readonly room: string | null
}

export interface Follower {
  /** New documents have come in one message. */
  documents(count: number): void
  /** What must not happen has. */
  trouble(what: string): void
}

/** Stage and subscriptions in the words of a server. */
export interface LiveServer {
  makeRooms(count: number): Promise<readonly string[]>
  /** Users with tokens, each a member of the room. */
  makeMembers(count: number, room: string): Promise<readonly ChatUser[]>
  /** Resolves when what is written from now on will arrive. */
  follow(question: Question, token: string | undefined, follower: Follower): Promise<void>
}

export function liveServer(kind: LiveKind, port: number, key: string | undefined): LiveServer {
  return kind === 'koyalite' ? koyaliteLive(port, key ?? '') : pocketbaseLive(port)
}
