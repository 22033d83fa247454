import type { BankStatementFormat } from '../../../core/access/index.ts'
import type { ErpDoor } from '../contract.ts'
import { isClientBank } from './decode.ts'
import { readClientBank } from './read.ts'

const statementFormat: BankStatementFormat = {
  name: '1CClientBankExchange',
  recognises: isClientBank,
  read: readClientBank,
}

/** The exchange of 1C with client banks. See README.md. */
export const door: ErpDoor = {
  name: 'client-bank',
  statements: [statementFormat],
}
