import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Peer } from '../peers'

/** The same server on a chat whose messages are read by everybody, and another whose messages are read by the members of their room. */
export function livePeer(peer: Peer): Peer {
  return {
    ...peer,
    command(folder, port) {
      const words = peer.command(folder, port)
      writeFileSync(join(folder, 'schema.yaml'), SCHEMA)
      writeFileSync(join(folder, 'koyalite.yaml'), SETTINGS)
      return words
    },
  }
}

const SETTINGS = `
auth: { rate_limit: { register: 1000000/minute, api: 100000000/minute } }
`

const SCHEMA = `
version: 1
collections:
  rooms:
    fields:
      id:   { type: string, primary: true }
    rules: { read: "true" }
  members:
    fields:
      id:   { type: uuid, primary: true, default: auto }
      user: { type: uuid, references: users.id, onDelete: cascade }
      room: { type: string, references: rooms.id, onDelete: cascade }
    indexes:
      - { name: idx_members_user_room, fields: [user, room], unique: true }
  announcements:
    fields: &message
      id:         { type: uuid, primary: true, default: auto }
      room:       { type: string, references: rooms.id, onDelete: cascade }
      text:       { type: text, maxLength: 2000 }
      created_at: { type: timestamp, default: now }
    indexes:
      - { name: idx_announcements_room, fields: [room, created_at] }
    rules: { read: "true" }
  messages:
    fields: *message
    indexes:
      - { name: idx_messages_room, fields: [room, created_at] }
    rules: { read: "members.exists(m, m.room == doc.room && m.user == auth.id)" }
`
