import { annulDocument } from './annul.ts'
import { answerDocument } from './answer.ts'
import { documentAttachment, joinFile } from './attachments.ts'
import type { ExchangeDeps } from './deps.ts'
import { dryRun } from './dry-run.ts'
import {
  changesAfter,
  documentContent,
  documentSignatures,
  documentStatus,
  documentTrail,
  listDocuments,
} from './read.ts'
import type { Exchange } from './receipt.ts'
import { printedDocument } from './print.ts'
import { discardUpload, putData, putFilePart, readUpload, sendMessage } from './send-message.ts'
import { sendDocument } from './send.ts'
import { signBatch } from './sign-batch.ts'
import { whyNotSend } from './standing.ts'
import { submitSignature } from './submit-signature.ts'

/** The powers behind every door, over one set of dependencies. */
export const openExchange = (deps: ExchangeDeps): Exchange => ({
  standing: async ({ caller }) => {
    const why = await whyNotSend(deps, caller)
    return { maySend: why === undefined, why }
  },
  send: sendDocument(deps),
  sendMessage: sendMessage(deps),
  dryRun: dryRun(deps),
  putFilePart: putFilePart(deps),
  putData: putData(deps),
  joinFile: joinFile(deps),
  attachment: documentAttachment(deps),
  readUpload: readUpload(deps),
  discardUpload: discardUpload(deps),
  submitSignature: submitSignature(deps),
  status: documentStatus(deps),
  changes: changesAfter(deps),
  document: documentContent(deps),
  signatures: documentSignatures(deps),
  print: printedDocument({ ...deps, ...deps.printing }),
  answer: answerDocument(deps),
  annul: annulDocument(deps),
  signBatch: ({ caller, documentIds }) =>
    signBatch(deps)({ caller, documentIds, by: `connection:${caller.connectionId}` }),
  trail: documentTrail(deps),
  list: listDocuments(deps),
})
