import { expect, test } from 'bun:test'
import { NO_LOG } from '../log/log'
import { createMetrics } from '../metrics/metrics'
import { byCron, cronProblem, every, type TaskSchedule, whenDue } from './task-schedule'
import { createTasks, type Task, type Tasks } from './tasks'

const START = Date.parse('2026-01-01T00:00:00Z')

/** Tasks by a clock that stands still until it is moved. */
function world() {
  let now = START
  const timers = new Set<{ at: number; then: () => void }>()
  const metrics = createMetrics()
  const tasks = createTasks({
    log: NO_LOG,
    metrics,
    now: () => now,
    timer(ms, then) {
      const timer = { at: now + ms, then }
      timers.add(timer)
      return () => timers.delete(timer)
    },
  })
  /** Moves the clock from timer to timer; what runs meanwhile ends first. */
  async function pass(ms: number): Promise<void> {
    const until = now + ms
    for (;;) {
      const [next] = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      timers.delete(next)
      now = next.at
      next.then()
      await Bun.sleep(0)
    }
    now = until
  }
  return { tasks, metrics, pass, waiting: () => timers.size, clock: () => now, set: (time: number) => (now = time) }
}

function add(tasks: Tasks, schedule: TaskSchedule, run: Task['run'] = async () => undefined) {
  const runs: number[] = []
  const task = tasks.add({
    name: 'toy.count',
    summary: 'Counts',
    schedule,
    run(signal) {
      runs.push(runs.length)
      return run(signal)
    },
  })
  return { task, runs }
}

test('nothing is scheduled before the server listens, and a task can be run all the same', async () => {
  const { tasks, pass, waiting } = world()
  const { task, runs } = add(tasks, every(1000))
  await pass(10_000)
  expect([runs.length, waiting(), task.status().next]).toEqual([0, 0, null])
  await task.run()
  expect([runs.length, waiting()]).toEqual([1, 0])
})

test('a task runs at its distance, at the start where it says so', async () => {
  const { tasks, pass } = world()
  const { runs, task } = add(tasks, every(60_000, { atStart: true }))
  tasks.start()
  await pass(0)
  expect(runs).toHaveLength(1)
  await pass(150_000)
  expect(runs).toHaveLength(3)
  expect(task.status()).toMatchObject({ schedule: 'every minute', runs: 3, next: '2026-01-01T00:03:00.000Z' })
})

test('a cron line is followed as it is now', async () => {
  const { tasks, pass } = world()
  let line: string | null = null
  const { task, runs } = add(
    tasks,
    byCron(() => line),
  )
  tasks.start()
  expect(task.status().next).toBeNull()
  line = '*/10 * * * *'
  task.reschedule()
  expect(task.status().next).toBe('2026-01-01T00:10:00.000Z')
  await pass(3_600_000)
  expect(runs).toHaveLength(6)
  line = null
  task.reschedule()
  await pass(3_600_000)
  expect(runs).toHaveLength(6)
})

test('what is due far away is looked at again when the clock has been set', async () => {
  const { tasks, pass, set, clock } = world()
  const { runs } = add(
    tasks,
    whenDue(() => (runs.length > 0 ? null : START + 90 * 86_400_000)),
  )
  tasks.start()
  await pass(1000)
  set(clock() + 90 * 86_400_000)
  await pass(3_600_000)
  expect(runs).toHaveLength(1)
})

test('a run that is asked for while one runs comes once after it', async () => {
  const { tasks } = world()
  const gates = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
  const { task, runs } = add(tasks, every(1000), () => gates[runs.length - 1]?.promise ?? Promise.resolve(undefined))
  const first = task.run()
  const more = [task.run(), task.run(), task.run()]
  expect(task.status().isRunning).toBe(true)
  for (const gate of gates) gate.resolve(undefined)
  await Promise.all([first, ...more])
  expect(runs).toHaveLength(2)
  expect(task.status()).toMatchObject({ isRunning: false, runs: 2 })
})

test('a failure is in the status and the metrics, and one that lasts does not spin', async () => {
  const { tasks, pass, metrics } = world()
  let fails = true
  const { task, runs } = add(
    tasks,
    whenDue(() => START),
    async () => {
      if (fails) throw new Error('no space')
      return 'done'
    },
  )
  tasks.start()
  await pass(60_000)
  expect(runs.length).toBeLessThan(10)
  const { last, lastFailure, failures } = task.status()
  expect(last).toMatchObject({ ok: false, message: 'no space' })
  expect(lastFailure).toEqual(last)
  expect(failures).toBe(runs.length)
  expect(metrics.text()).toContain(`koyalite_task_failures_total{task="toy.count"} ${failures}`)
  fails = false
  await task.run()
  expect(task.status()).toMatchObject({ last: { ok: true, message: 'done' }, lastFailure: { message: 'no space' } })
})

test('closing waits for what runs, tells it, and starts nothing more', async () => {
  const { tasks, waiting } = world()
  let stopped = false
  const { task, runs } = add(tasks, every(1000), async (signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    stopped = true
    throw new Error('closed under it')
  })
  tasks.start()
  void task.run()
  await tasks.close()
  expect([stopped, waiting()]).toEqual([true, 0])
  await task.run()
  expect([runs.length, task.status().failures]).toEqual([1, 0])
})

test('two tasks cannot have one name', () => {
  const { tasks } = world()
  add(tasks, every(1000))
  expect(() => add(tasks, every(1000))).toThrow('two tasks named toy.count')
})

test.each(['0 3 * * *', '*/5 * * * *', '30 2 * * 1-5', '0 0 1 * *', '* * * * * *', '@daily'])(
  '%p is a cron line',
  (line) => {
    expect(cronProblem(line)).toBeNull()
  },
)

const EXPECTED = "expected a cron line like '0 3 * * *': minute, hour, day of the month, month, day of the week"

test.each([
  ['', `it is empty; ${EXPECTED}`],
  ['every day', `it has 2 fields; ${EXPECTED}`],
  ['daily', `it has 1 field; ${EXPECTED}`],
  ['* * * *', `it has 4 fields; ${EXPECTED}`],
  ['* * * * * * *', `it has 7 fields; ${EXPECTED}`],
  ['2030-01-01T00:00:00', `it has 1 field; ${EXPECTED}`],
  ['61 * * * *', "the minute '61' is not valid (0-59)"],
  ['0 25 * * *', "the hour '25' is not valid (0-23)"],
  ['0 0 0 * *', "the day of the month '0' is not valid (1-31)"],
  ['0 0 * 13 *', "the month '13' is not valid (1-12 or JAN-DEC)"],
  ['0 0 * * mondays', "the day of the week 'mondays' is not valid (0-7 or SUN-SAT)"],
  ['60 * * * * *', "the second '60' is not valid (0-59)"],
  ['5-1 * * * *', "the minute '5-1' is not valid (0-59)"],
  ['*/0 * * * *', "the minute '*/0' is not valid (0-59)"],
  ['x y z a b', "the minute 'x' is not valid (0-59)"],
  ['@dayly', "'@dayly' is none of @hourly, @daily, @weekly, @monthly, @yearly"],
  ['0 0 30 2 *', 'there is no such day, so it never runs'],
])('%p is none', (line, problem) => {
  expect(cronProblem(line)).toBe(problem)
})
