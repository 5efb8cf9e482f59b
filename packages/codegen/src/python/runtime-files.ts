import InitText from './runtime/__init__.py' with { type: 'text' }
import aggregatesText from './runtime/aggregates.py' with { type: 'text' }
import aioInitText from './runtime/aio/__init__.py' with { type: 'text' }
import aioAuthText from './runtime/aio/auth.py' with { type: 'text' }
import aioBatchText from './runtime/aio/batch.py' with { type: 'text' }
import aioClientText from './runtime/aio/client.py' with { type: 'text' }
import aioCollectionText from './runtime/aio/collection.py' with { type: 'text' }
import aioContextText from './runtime/aio/context.py' with { type: 'text' }
import aioFunctionsText from './runtime/aio/functions.py' with { type: 'text' }
import aioLiveText from './runtime/aio/live.py' with { type: 'text' }
import aioQueryText from './runtime/aio/query.py' with { type: 'text' }
import aioSessionText from './runtime/aio/session.py' with { type: 'text' }
import aioTransportText from './runtime/aio/transport.py' with { type: 'text' }
import apiText from './runtime/api.py' with { type: 'text' }
import callersText from './runtime/callers.py' with { type: 'text' }
import connectionsText from './runtime/connections.py' with { type: 'text' }
import documentsText from './runtime/documents.py' with { type: 'text' }
import errorsText from './runtime/errors.py' with { type: 'text' }
import filtersText from './runtime/filters.py' with { type: 'text' }
import functionValuesText from './runtime/function_values.py' with { type: 'text' }
import liveStateText from './runtime/live_state.py' with { type: 'text' }
import optionsText from './runtime/options.py' with { type: 'text' }
import pagesText from './runtime/pages.py' with { type: 'text' }
import queryStateText from './runtime/query_state.py' with { type: 'text' }
import retriesText from './runtime/retries.py' with { type: 'text' }
import seqText from './runtime/seq.py' with { type: 'text' }
import syncInitText from './runtime/sync/__init__.py' with { type: 'text' }
import syncAuthText from './runtime/sync/auth.py' with { type: 'text' }
import syncBatchText from './runtime/sync/batch.py' with { type: 'text' }
import syncClientText from './runtime/sync/client.py' with { type: 'text' }
import syncCollectionText from './runtime/sync/collection.py' with { type: 'text' }
import syncContextText from './runtime/sync/context.py' with { type: 'text' }
import syncFunctionsText from './runtime/sync/functions.py' with { type: 'text' }
import syncLiveText from './runtime/sync/live.py' with { type: 'text' }
import syncQueryText from './runtime/sync/query.py' with { type: 'text' }
import syncSessionText from './runtime/sync/session.py' with { type: 'text' }
import syncTransportText from './runtime/sync/transport.py' with { type: 'text' }
import tokensText from './runtime/tokens.py' with { type: 'text' }
import transactionText from './runtime/transaction.py' with { type: 'text' }
import valuesText from './runtime/values.py' with { type: 'text' }

/** The part of Python clients that no schema changes, by path. */
export const RUNTIME_FILES: Readonly<Record<string, string>> = {
  '__init__.py': InitText,
  'aggregates.py': aggregatesText,
  'aio/__init__.py': aioInitText,
  'aio/auth.py': aioAuthText,
  'aio/batch.py': aioBatchText,
  'aio/client.py': aioClientText,
  'aio/collection.py': aioCollectionText,
  'aio/context.py': aioContextText,
  'aio/functions.py': aioFunctionsText,
  'aio/live.py': aioLiveText,
  'aio/query.py': aioQueryText,
  'aio/session.py': aioSessionText,
  'aio/transport.py': aioTransportText,
  'api.py': apiText,
  'callers.py': callersText,
  'connections.py': connectionsText,
  'documents.py': documentsText,
  'errors.py': errorsText,
  'filters.py': filtersText,
  'function_values.py': functionValuesText,
  'live_state.py': liveStateText,
  'options.py': optionsText,
  'pages.py': pagesText,
  'query_state.py': queryStateText,
  'retries.py': retriesText,
  'seq.py': seqText,
  'sync/__init__.py': syncInitText,
  'sync/auth.py': syncAuthText,
  'sync/batch.py': syncBatchText,
  'sync/client.py': syncClientText,
  'sync/collection.py': syncCollectionText,
  'sync/context.py': syncContextText,
  'sync/functions.py': syncFunctionsText,
  'sync/live.py': syncLiveText,
  'sync/query.py': syncQueryText,
  'sync/session.py': syncSessionText,
  'sync/transport.py': syncTransportText,
  'tokens.py': tokensText,
  'transaction.py': transactionText,
  'values.py': valuesText,
}
