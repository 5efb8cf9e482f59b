import account from './runtime/account.go' with { type: 'text' }
import aggregate from './runtime/aggregate.go' with { type: 'text' }
import auth from './runtime/auth.go' with { type: 'text' }
import batch from './runtime/batch.go' with { type: 'text' }
import change from './runtime/change.go' with { type: 'text' }
import collection from './runtime/collection.go' with { type: 'text' }
import condition from './runtime/condition.go' with { type: 'text' }
import conn from './runtime/conn.go' with { type: 'text' }
import credentials from './runtime/credentials.go' with { type: 'text' }
import date from './runtime/date.go' with { type: 'text' }
import document from './runtime/document.go' with { type: 'text' }
import errors from './runtime/errors.go' with { type: 'text' }
import eventStream from './runtime/event_stream.go' with { type: 'text' }
import fields from './runtime/fields.go' with { type: 'text' }
import functions from './runtime/function.go' with { type: 'text' }
import functionHost from './runtime/function_host.go' with { type: 'text' }
import jsonPath from './runtime/json_path.go' with { type: 'text' }
import live from './runtime/live.go' with { type: 'text' }
import liveList from './runtime/live_list.go' with { type: 'text' }
import nullableFields from './runtime/nullable_fields.go' with { type: 'text' }
import opt from './runtime/opt.go' with { type: 'text' }
import options from './runtime/options.go' with { type: 'text' }
import query from './runtime/query.go' with { type: 'text' }
import retry from './runtime/retry.go' with { type: 'text' }
import schemaHash from './runtime/schema_hash.go' with { type: 'text' }
import seq from './runtime/seq.go' with { type: 'text' }
import session from './runtime/session.go' with { type: 'text' }
import values from './runtime/values.go' with { type: 'text' }
import where from './runtime/where.go' with { type: 'text' }

/** What is the same for every schema, by file. It is written, tested and formatted as Go: ./runtime. */
export const RUNTIME_FILES: Readonly<Record<string, string>> = {
  account,
  aggregate,
  auth,
  batch,
  change,
  collection,
  condition,
  conn,
  credentials,
  date,
  document,
  errors,
  event_stream: eventStream,
  fields,
  function: functions,
  function_host: functionHost,
  json_path: jsonPath,
  live,
  live_list: liveList,
  nullable_fields: nullableFields,
  opt,
  options,
  query,
  retry,
  schema_hash: schemaHash,
  seq,
  session,
  values,
  where,
}

/** What those files declare for everybody: names that generated types cannot have. */
export const EXPORTED_NAMES: readonly string[] = Object.values(RUNTIME_FILES).flatMap((text) =>
  [...text.matchAll(/^(?:(?:type|func|var|const) ([A-Z]\w*)|\t([A-Z]\w*)(?:(?: +\w+)? += .+)?$)/gm)].map(
    ([, single = '', inBlock = '']) => single + inBlock,
  ),
)
