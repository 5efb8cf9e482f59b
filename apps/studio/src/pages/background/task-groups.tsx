import { linkOptions } from '@tanstack/react-router'
import { Badge } from '../../kit/badge'
import { Button } from '../../kit/button'
import { durationText } from '../../kit/quantities'
import { minuteOf } from '../../kit/times'
import { useMay } from '../../session/session-context'
import { Group, Row } from './background-table'
import { type Task, useTaskRun } from './use-tasks'
import { When } from './when'

const OUTBOX = linkOptions({ to: '/mails' })

/** What the server itself does; what carries mails is a group of its own. */
export function TaskGroups({ tasks }: { readonly tasks: readonly Task[] }) {
  const mayMail = useMay('mail:read')
  const isOfMail = ({ name }: Task) => name.startsWith('mail.')
  return (
    <>
      <TaskGroup name="Mail" page={mayMail ? OUTBOX : null} tasks={tasks.filter(isOfMail)} />
      <TaskGroup name="The server’s tasks" page={null} tasks={tasks.filter((task) => !isOfMail(task))} />
    </>
  )
}

interface TaskGroupProps {
  readonly name: string
  readonly page: typeof OUTBOX | null
  readonly tasks: readonly Task[]
}

function TaskGroup({ name, page, tasks }: TaskGroupProps) {
  const { running, run, reason } = useTaskRun()
  if (tasks.length === 0) return null
  return (
    <Group name={name} page={page} problems={tasks.filter(hasFailed).length}>
      {[...tasks.filter(hasFailed), ...tasks.filter((task) => !hasFailed(task))].map((task) => (
        <Row
          key={task.name}
          name={<code className="font-mono text-code">{task.name}</code>}
          note={task.summary}
          state={<TaskState task={task} />}
          next={<Next task={task} />}
          last={<Last task={task} />}
          action={
            <Button
              kind="quiet"
              aria-label={`Run now: ${task.name}`}
              isBusy={running === task.name || task.running}
              reason={reason}
              onClick={() => void run(task)}
            >
              Run now
            </Button>
          }
        />
      ))}
    </Group>
  )
}

function hasFailed({ last }: Task): boolean {
  return last?.ok === false
}

function TaskState({ task }: { readonly task: Task }) {
  const { running, runs, failures } = task
  const title = `${runs.toLocaleString('en')} runs since the start, ${failures.toLocaleString('en')} failed`
  return (
    <span title={title}>
      {running ? (
        <Badge kind="accent">running</Badge>
      ) : hasFailed(task) ? (
        <Badge kind="danger">failed</Badge>
      ) : (
        <Badge>{runs === 0 ? 'waits' : 'done'}</Badge>
      )}
    </span>
  )
}

function Next({ task: { next, schedule } }: { readonly task: Task }) {
  if (next !== null) return <When at={next} />
  return <span className="text-text-2">{schedule ?? 'when it is asked to'}</span>
}

function Last({ task: { last, last_failure: failure } }: { readonly task: Task }) {
  if (last === null) return <span className="text-text-3">not since the start</span>
  const message = last.ok ? last.message : (failure ?? last).message
  return (
    <>
      <span className="whitespace-nowrap">
        {minuteOf(last.at)}, {durationText(last.duration_ms)}
      </span>
      {message !== null && (
        <p className={`text-sm break-words ${last.ok ? 'text-text-2' : 'text-danger-text'}`}>{message}</p>
      )}
    </>
  )
}
