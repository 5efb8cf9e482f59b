import { expect, test } from 'bun:test'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { availablePeers, type Peer } from '../peers'
import { closed, type LoadCell, loadScenario } from './load-scenario'

const OPTIONS = { quick: true, repetitions: 1, warmUpSeconds: 0, seconds: 30 }
/** Real servers are started and users signed up. */
const TIMEOUT = 60_000

function scenario(...cells: LoadCell[]) {
  const messages = { full: 0, quick: 20 }
  return loadScenario({ id: 'S0', title: 'a few of everything', targets: [], messages, cells: () => cells })
}

const cell = (operation: LoadCell['operation'], access: LoadCell['access']): LoadCell => ({
  name: `${operation}, ${access}`,
  operation,
  access,
  pace: closed(2),
  requests: 20,
})

test(
  'everybody does the same work, under rules where there are some, and rows are counted',
  async () => {
    const peers = await availablePeers(['koyalite', 'floor'], 'source')
    const cells = await scenario(
      cell('create', 'open'),
      cell('create', 'membership'),
      cell('read', 'membership'),
      { ...cell('update', 'signed in'), floorStaysOpen: true },
      cell('login', 'signed in'),
    ).run(peers, OPTIONS)
    expect(cells.map((one) => [one.cell, one.peer])).toEqual([
      ['create, open', 'koyalite'],
      ['create, open', 'floor'],
      ['create, membership', 'koyalite'],
      ['read, membership', 'koyalite'],
      ['update, signed in', 'koyalite'],
      ['update, signed in', 'floor'],
      ['login, signed in', 'koyalite'],
    ])
    for (const { result } of cells) expect(result).toMatchObject({ requests: 20, failures: {} })
  },
  TIMEOUT,
)

test(
  'a server without the rule is not measured',
  async () => {
    const peers = await availablePeers(['koyalite'], 'source')
    const lax = peers.map((peer) => withSchema(peer, (text) => text.replace(/"members\.exists.*"/g, '"true"')))
    await expect(scenario(cell('read', 'membership')).run(lax, OPTIONS)).rejects.toThrow('koyalite has not the rule')
  },
  TIMEOUT,
)

function withSchema(peer: Peer, change: (text: string) => string): Peer {
  return {
    ...peer,
    command(folder, port) {
      const words = peer.command(folder, port)
      const path = join(folder, 'schema.yaml')
      writeFileSync(path, change(readFileSync(path, 'utf8')))
      return words
    },
  }
}
