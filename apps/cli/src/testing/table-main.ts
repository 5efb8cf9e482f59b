import { printTable } from '../print-table'

/** A program that prints a table with what tables may hold. */
printTable(
  ['name', 'state', 'why'],
  [
    ['first', 'applied', 'yes'],
    ['第二の', 'pending', 'no: the values of posts.body are lost'],
    ['\u001b[2J', 'invalid', ''],
  ],
)
