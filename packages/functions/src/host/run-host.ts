import { writeSync } from 'node:fs'
import { announceFailure, announceReady, untilEnd } from './announce'
import { answerCalls } from './answer-calls'
import { Calls } from './calls'
import { logConsoleOfCalls } from './console'
import type { HostFacts } from './create-ctx'
import type { Engine } from './engines/engine'
import { thrownText } from './failure-response'
import { type HostSettings, readSettings } from './host-settings'
import { logLateErrors } from './late-errors'
import { type LoadedFunction, loadFunction } from './load-function'
import { openEgress } from './open-egress'
import { proxyVariables } from './proxy-variables'

/** The program that runs one function for a KoyaLite server (services/functions/PROTOCOL.md), in one of the engines. */
export async function runHost(engine: Engine): Promise<void> {
  try {
    const settings = readSettings(process.env)
    // Code of the function has no use for it.
    delete process.env.KOYALITE_INSTANCE
    await run(engine, settings)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}

async function run(engine: Engine, settings: HostSettings): Promise<void> {
  const server = engine.connect(settings.serverSocket)
  const to = { server, token: settings.token, runtime: engine.runtime }
  const calls = new Calls()
  if (settings.proxySocket !== undefined) {
    const proxy = await openEgress(settings.proxySocket)
    Object.assign(process.env, proxyVariables(proxy))
    engine.useProxy?.(new URL(proxy))
  }
  logConsoleOfCalls()
  logLateErrors(calls)
  process.on('exit', () => {
    // What exits in the middle of a call has not sent its last lines.
    for (const { log } of calls.all()) writeSync(1, log.takeMessages())
  })

  let loaded: LoadedFunction
  try {
    loaded = await loadFunction(settings.entry, engine.served)
  } catch (error) {
    await announceFailure(to, thrownText(error))
    return process.exit(1)
  }
  let take: (facts: HostFacts) => void = () => {}
  const facts = new Promise<HostFacts>((resolve) => {
    take = resolve
  })
  await engine.listen(settings.callSocket, answerCalls({ server, calls, loaded, facts }))
  take({ env: settings.env, collections: await announceReady(to, loaded) })
  await untilEnd(to)
  process.exit(0)
}
