import type { PrintOrder } from '../../core/exchange/index.ts'
import { layoutOf } from './layout.ts'
import { renderPdf } from './render.ts'

/** The whole print form of a document. Takes as long as it takes, in the thread that calls it: see `PdfPrinter`. */
export const printDocument = async (order: PrintOrder): Promise<Uint8Array> => renderPdf(layoutOf(order))
