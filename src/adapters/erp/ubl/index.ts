import { Refusal } from '../../../core/exchange/index.ts'
import { readDocumentXml } from '../../xml/index.ts'
import type { ErpDoor } from '../contract.ts'
import { brokenBisRules } from './bis-rules.ts'
import { ublFormat } from './read/index.ts'
import { readTree } from './read/tree.ts'
import { writeUbl } from './write/index.ts'

/** UBL 2.1 and Peppol BIS Billing 3: read as a format, written on request for whoever lives by it. */
export const door: ErpDoor = {
  name: 'ubl',
  formats: [ublFormat],
  mount(router, tools, gateway) {
    router.get('/api/v1/documents/:id/ubl', async (ctx) => {
      const caller = await tools.caller(ctx)
      ctx.state.noted['operation'] = 'getUbl'
      const { bytes, status } = await gateway.document({ caller, documentId: ctx.params['id'] ?? '' })
      ctx.state.noted['document'] = status.documentId
      const document = await readDocumentXml(bytes)
      if (!document.ok)
        throw new Error(`the stored bytes of document ${status.documentId} cannot be read back`)
      const written = writeUbl(document.value)
      if (!written.ok) throw new Refusal('invalid', written.faults)
      const tree = await readTree(Buffer.from(written.value))
      if (!tree.ok) throw new Error(`what was written for document ${status.documentId} is no UBL`)
      // A Kazakh invoice need not have all that Peppol asks for; whoever sends it on there is told what is missing.
      const broken = brokenBisRules(tree.value).map(({ id }) => id)
      ctx.set('Peppol-Bis', broken.length === 0 ? 'conforms' : `breaks ${broken.join(', ')}`)
      ctx.set('Content-Type', 'application/xml; charset=utf-8')
      ctx.set('Content-Security-Policy', "default-src 'none'; sandbox")
      ctx.attachment(`${status.documentId}.ubl.xml`)
      ctx.type = 'application/xml; charset=utf-8'
      ctx.body = written.value
    })
  },
}
