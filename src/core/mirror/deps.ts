import type { Documents } from '../exchange/index.ts'
import type { Clock, UnitOfWork } from '../kernel/index.ts'
import type {
  CallBudget,
  InvoiceWriter,
  MirrorBatches,
  MirrorHistory,
  MirrorRecords,
  PortalCommands,
  PortalReader,
  PortalSigner,
  ReadDocument,
  StatePortal,
} from './ports.ts'
import type { OutageWatch } from './outages.ts'
import type { MirrorSettings } from './settings.ts'

/** What the steps of the mirror need. */
export interface MirrorDeps {
  documents: Pick<Documents, 'byId' | 'byIds' | 'bytes' | 'record'>
  records: MirrorRecords
  batches: MirrorBatches
  portal: StatePortal
  /** The exact body that was signed, to recognise it at the portal. */
  history: Pick<MirrorHistory, 'signed'>
  reader: Pick<PortalReader, 'invoices'>
  commands: Pick<PortalCommands, 'deleteFailed'>
  /** How much of the day's calls is spent: the mirror paces itself by it. */
  budget: Pick<CallBudget, 'spent'>
  writer: InvoiceWriter
  signer: PortalSigner
  readDocument: ReadDocument
  /** Absent where outages are not watched: nothing is held then. */
  outages?: OutageWatch
  unitOfWork: UnitOfWork
  clock: Clock
  settings: MirrorSettings
}
