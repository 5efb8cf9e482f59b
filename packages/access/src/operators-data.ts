/** Below it the admin API has the routes of documents again, for operators: see docs/authentication.md. */
export const OPERATORS_DATA = '/api/admin/data/'
