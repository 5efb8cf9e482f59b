export * from './admin-access'
export { hasScope } from './key-scope'
export { isGranted } from './permission'
export { permissionsOf, type RoleTable } from './role-permissions'
